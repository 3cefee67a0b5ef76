import type { HandlerContext } from '@connectrpc/connect';
import { callOf, principalOf } from '@souk/rpc';
import type { Once } from '../app/ports.ts';

/** What makes a call once-only; `undefined` for one that names no request id. */
export function onceOf(requestId: string, context: HandlerContext): Once | undefined {
  if (requestId === '') return undefined;
  return { callerId: principalOf(context).id, requestId, fingerprint: callOf(context).fingerprint };
}
