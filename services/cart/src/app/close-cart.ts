import { DomainError } from '@souk/kernel';
import type { Item } from './add-items.ts';
import type { CartStore } from './ports.ts';

/** Takes out of a cart what was ordered from it. */
export class CloseCart {
  readonly #store: CartStore;

  constructor(store: CartStore) {
    this.#store = store;
  }

  /** Has an effect once per order. A cart that is gone, or was merged meanwhile, is no error. */
  async close(ownerId: string, cartId: string, orderId: string, ordered: readonly Item[]): Promise<void> {
    try {
      await this.#store.change({
        ownerId,
        ownerKind: undefined,
        ref: { id: cartId },
        create: false,
        commands: ordered.map(({ sku, quantity }) => ({ kind: 'reduce', sku, quantity })),
        context: {},
        version: undefined,
        operation: { id: `order:${orderId}`, fingerprint: '' },
      });
    } catch (error) {
      const gone = error instanceof DomainError && ['CART_NOT_FOUND', 'CART_MERGED'].includes(error.reason);
      if (!gone) throw error;
    }
  }
}
