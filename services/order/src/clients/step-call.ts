import { createHash } from 'node:crypto';
import { Code, ConnectError } from '@connectrpc/connect';
import { errorInfoOf } from '@souk/rpc';
import { type StepCall, StepRefused } from '../app/saga/saga.ts';
import type { Rejection } from '../domain/order.ts';

/** A buyer who is about to pay rather waits than starts again: longer than these reads take elsewhere. */
export const READ_TIMEOUT_MS = 3_000;

/** The codes that say for good that nothing happened and nothing will under this key. All others leave it open. */
const FINAL_CODES: ReadonlySet<Code> = new Set([
  Code.InvalidArgument,
  Code.NotFound,
  Code.AlreadyExists,
  Code.FailedPrecondition,
  Code.OutOfRange,
]);

/** A step's key as the UUID that contracts ask for (RFC 9562 version 8, from a hash), the same on every attempt. */
export function requestIdOf({ key }: StepCall): string {
  const hex = createHash('sha256').update(key).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Turns a final refusal of another service into the saga's; anything else stays an unknown outcome. */
export async function refusable<T>(call: Promise<T>, toRejection: (error: Refused) => Rejection): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof ConnectError) || !FINAL_CODES.has(error.code)) throw error;
    const info = errorInfoOf(error);
    // The same key with another body is a fault of ours, not the buyer’s: it waits for an operator.
    if (info?.reason === 'REQUEST_ID_REUSED') throw error;
    throw new StepRefused(
      toRejection({ reason: info?.reason ?? '', message: error.rawMessage, metadata: info?.metadata ?? {} }),
    );
  }
}

/** What a service refused. */
export interface Refused {
  readonly reason: string;
  readonly message: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A refusal that the contract of orders has no reason of its own for. */
export function checkoutRefused({ reason, message }: Refused): Rejection {
  return { reason: 'CHECKOUT_REFUSED', message, metadata: { cause: reason } };
}
