import type { HandlerContext } from '@connectrpc/connect';
import { callOf, principalOf } from '@souk/rpc';
import type { ChangeCall } from '../app/change-stock.ts';

/** Who changes stock, and by which call. */
export function changeCallOf(rpc: string, requestId: string, context: HandlerContext): ChangeCall {
  const actorId = principalOf(context).id;
  return {
    actorId,
    key: { scope: `${rpc}:${actorId}`, requestId, fingerprint: callOf(context).fingerprint },
  };
}
