import { notFound, precondition } from '@souk/kernel';
import type { Cart } from '../domain/cart.ts';
import type { CartRef, CartStore } from './ports.ts';

/** Reads what is to be ordered. */
export class GetCartForCheckout {
  readonly #store: CartStore;

  constructor(store: CartStore) {
    this.#store = store;
  }

  /** @throws DomainError `CART_NOT_FOUND`, `CART_EMPTY`. */
  async get(ownerId: string, ref: CartRef): Promise<Cart> {
    const cart = await this.#store.read(ownerId, ref);
    if (cart === undefined) throw notFound('CART_NOT_FOUND', 'There is no such cart.');
    if (cart.lines.length === 0) throw precondition('CART_EMPTY', 'The cart has no lines.');
    return cart;
  }
}
