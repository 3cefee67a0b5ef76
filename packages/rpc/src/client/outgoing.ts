import type { DescMethod } from '@bufbuild/protobuf';
import { Metadata } from '@grpc/grpc-js';
import { currentExecution } from '@souk/kernel';
import { CALLER_HEADER } from '../auth/authenticate.ts';
import { currentCall } from '../call.ts';
import { policyOf } from '../policy.ts';
import { type CallSpan, startSpan } from '../spans.ts';

/** What of the call being served goes along with a further call. */
export interface Outgoing {
  readonly metadata: Metadata;
  /** Milliseconds since the epoch, or Infinity. */
  readonly deadline: number;
  readonly signal: AbortSignal | undefined;
  readonly span: CallSpan;
}

/** Proves the calling service to the called one. */
export type CallerToken = string | undefined;

/**
 * Prepares a call: principal, trace and request id of the call being served are passed on, and the deadline is the
 * contract's or what is left of the caller's, whichever is sooner.
 */
export function outgoing(
  method: DescMethod,
  callerToken: CallerToken,
  header: HeadersInit,
  timeoutMs: number | undefined,
  signal: AbortSignal | undefined,
): Outgoing {
  const call = currentCall();
  const metadata = new Metadata();
  if (header !== undefined) new Headers(header).forEach((value, key) => metadata.set(key, value));
  if (callerToken !== undefined) metadata.set(CALLER_HEADER, callerToken);
  const span = startSpan(
    'client',
    `/${method.parent.typeName}/${method.name}`,
    currentExecution()?.traceparent,
  );
  metadata.set('traceparent', span.traceparent);
  if (call !== undefined) {
    metadata.set('x-request-id', call.requestId);
    if (call.accessToken !== undefined && metadata.get('authorization').length === 0) {
      metadata.set('authorization', `Bearer ${call.accessToken}`);
    }
  }
  const ownTimeout = timeoutMs ?? policyOf(method).timeoutMs;
  const ownDeadline = ownTimeout === undefined ? Number.POSITIVE_INFINITY : Date.now() + ownTimeout;
  return {
    metadata,
    span,
    deadline: Math.min(ownDeadline, call?.deadline ?? Number.POSITIVE_INFINITY),
    signal:
      call === undefined
        ? signal
        : signal === undefined
          ? call.signal
          : AbortSignal.any([signal, call.signal]),
  };
}
