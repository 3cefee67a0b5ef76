import { DomainError } from '@souk/kernel';
import type { Cart, Owner } from '../domain/cart.ts';
import { type MergeStrategy, mergeCommands } from '../domain/line-command.ts';
import type { CartStore } from './ports.ts';

/**
 * Moves a guest's cart into an account's. The two cannot change in one step, so the guest's cart is first reserved for the
 * account; a call that dies in between is completed by its repetition, because the account's cart remembers that it took
 * the lines.
 */
export class MergeCart {
  readonly #store: CartStore;

  constructor(store: CartStore) {
    this.#store = store;
  }

  /**
   * @param guestId - proven to be the caller's own guest identity.
   * @returns the account's cart; undefined when neither has one.
   * @throws DomainError `CART_MERGED`, and as `CartStore.change` does.
   */
  async merge(account: Owner, guestId: string, strategy: MergeStrategy): Promise<Cart | undefined> {
    const guestCart = await this.#store.reserveForMerge(guestId, account.id);
    if (guestCart === undefined) return this.#store.read(account.id, 'current');
    const merged =
      guestCart.lines.length === 0
        ? await this.#store.read(account.id, 'current')
        : await this.#take(account, guestId, guestCart, strategy);
    await this.#store.discard(guestId, guestCart.id);
    return merged;
  }

  async #take(account: Owner, guestId: string, guestCart: Cart, strategy: MergeStrategy): Promise<Cart> {
    const { id, lines, currency, country } = guestCart;
    try {
      return await this.#store.change({
        ownerId: account.id,
        ownerKind: account.kind,
        ref: 'current',
        create: true,
        commands: mergeCommands(lines, strategy),
        context: { currency, country },
        version: undefined,
        operation: { id: `merge:${id}`, fingerprint: '' },
      });
    } catch (error) {
      // A refusal changed nothing. After any other failure the reservation stays, because the lines may have been taken.
      if (error instanceof DomainError && error.kind !== 'unavailable')
        await this.#store.cancelMerge(guestId, id);
      throw error;
    }
  }
}
