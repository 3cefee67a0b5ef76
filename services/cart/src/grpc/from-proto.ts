import { MergeStrategy as MergeStrategyMessage } from '@souk/gen/souk/cart/v1/cart_service_pb';
import { invalid } from '@souk/kernel';
import { type Call, versionOf } from '@souk/rpc';
import type { CartChange, CartRef } from '../app/ports.ts';
import type { Owner } from '../domain/cart.ts';
import type { MergeStrategy } from '../domain/line-command.ts';

/** The owner whom a call speaks for. The contract admits nobody but guests and accounts. */
export function ownerOf({ principal }: Call): Owner {
  return { id: principal.id, kind: principal.kind === 'user' ? 'account' : 'guest' };
}

/** A cart's id or its alias. */
export function refOf(cartId: string): CartRef {
  return cartId === 'current' ? 'current' : { id: cartId };
}

/** What every request that changes a cart says. */
export function changeFromProto(
  request: { readonly cartId: string; readonly etag: string; readonly requestId: string },
  call: Call,
): Pick<CartChange, 'ownerId' | 'ownerKind' | 'ref' | 'version' | 'operation'> {
  const { cartId, etag, requestId } = request;
  const owner = ownerOf(call);
  return {
    ownerId: owner.id,
    ownerKind: owner.kind,
    ref: refOf(cartId),
    version: etag === '' ? undefined : versionOf(etag),
    operation: requestId === '' ? undefined : { id: requestId, fingerprint: call.fingerprint },
  };
}

/** What to do on a merge. */
export function strategyFromProto(strategy: MergeStrategyMessage): MergeStrategy {
  switch (strategy) {
    case MergeStrategyMessage.SUM:
      return 'sum';
    case MergeStrategyMessage.MAX:
      return 'max';
    case MergeStrategyMessage.KEEP_ACCOUNT:
      return 'keep-account';
    case MergeStrategyMessage.KEEP_GUEST:
      return 'keep-guest';
    case MergeStrategyMessage.UNSPECIFIED:
      throw invalid('VALIDATION_FAILED', 'A strategy is required.', { field: 'strategy' });
  }
}
