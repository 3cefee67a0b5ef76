import type { DescMethod, Message } from '@bufbuild/protobuf';
import { exhausted, type Logger } from '@souk/kernel';
import type { Authenticate } from '../auth/authenticate.ts';
import { authorise } from '../auth/authorise.ts';
import { toGrpcStatus } from '../errors/grpc-status.ts';
import { toConnectError } from '../errors/to-connect-error.ts';
import { inFlight, type RecordCall, serverRecorder, shedCalls } from '../metrics.ts';
import { policyOf } from '../policy.ts';
import { serviceNameOf } from '../service-name.ts';
import { traceIdOf } from '../trace.ts';
import { applyIdempotencyKey } from './request-id.ts';
import type { ServerContext } from './server-context.ts';
import { validateRequest } from './validation.ts';

const OK = 0;
const SHED_RETRY_MS = 250;

/** What the server does with a call before and after its handler, the same for every method. */
export interface Pipeline {
  /** Everything before the handler; a promise only when a token has to be verified first. */
  admit(context: ServerContext, request: Message | undefined): void | Promise<void>;
  /** Whether a stream may go on: its token may have expired or been revoked since. Throws when not. */
  recheck(context: ServerContext): void | Promise<void>;
  /** Turns what a handler threw into a status, and logs it. */
  fail(context: ServerContext, thrown: unknown): ReturnType<typeof toGrpcStatus>;
  /** Closes the books on a call. */
  finish(context: ServerContext, code: number, startedAt: number): void;
}

/** Settings of a pipeline. */
export interface PipelineOptions {
  readonly authenticate: Authenticate;
  readonly log: Logger;
  /** Calls served at once; more are refused with RESOURCE_EXHAUSTED. */
  readonly maxInFlight: number;
}

/** Builds the pipeline: load shedding, authentication, authorisation, idempotency key, validation; then errors, logs, metrics. */
export function createPipeline({ authenticate, log, maxInFlight }: PipelineOptions): Pipeline {
  const recorders = new Map<DescMethod, RecordCall>();
  let serving = 0;

  const check = (context: ServerContext, request: Message | undefined): void => {
    authorise(policyOf(context.method), context.principal, context.caller);
    if (request === undefined) return;
    applyIdempotencyKey(context, request);
    validateRequest(context.method, request);
    context.request = request;
  };

  return {
    admit(context, request) {
      serving += 1;
      inFlight.set(serving);
      if (serving > maxInFlight) {
        shedCalls.inc();
        throw exhausted('OVERLOADED', 'The service has too many calls in flight.', {
          retryAfterMs: SHED_RETRY_MS,
        });
      }
      const authenticated = authenticate(context);
      if (authenticated === undefined) return check(context, request);
      return authenticated.then(() => check(context, request));
    },

    recheck(context) {
      // Services of the mesh have no session that could end, and people without a token neither.
      if (context.caller === undefined && context.accessToken !== undefined) return authenticate(context);
    },

    fail(context, thrown) {
      const { error, fault } = toConnectError(thrown, serviceNameOf(context.method.parent.typeName));
      const fields = {
        rpc: context.url,
        request_id: context.requestId,
        trace_id: traceIdOf(context.traceparent),
        code: error.code,
      };
      if (fault) log.error({ ...fields, err: thrown, error_message: error.rawMessage }, 'call failed');
      else log.debug({ ...fields, message: error.rawMessage }, 'call refused');
      return toGrpcStatus(error);
    },

    finish(context, code, startedAt) {
      serving -= 1;
      context.span.end(code);
      inFlight.set(serving);
      let record = recorders.get(context.method);
      if (record === undefined) {
        record = serverRecorder(context.method.parent.typeName, context.method.name);
        recorders.set(context.method, record);
      }
      record(code, (performance.now() - startedAt) / 1_000);
      if (code !== OK) return;
      log.debug(
        { rpc: context.url, request_id: context.requestId, trace_id: traceIdOf(context.traceparent) },
        'call served',
      );
    },
  };
}
