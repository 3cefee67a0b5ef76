import { notFound } from '@souk/kernel';
import type { AssessedCart } from '../domain/assessment.ts';
import type { Owner } from '../domain/cart.ts';
import type { CartRef, CartStore } from './ports.ts';
import type { ViewCart } from './view-cart.ts';

/** Reads a cart. */
export class GetCart {
  readonly #store: CartStore;
  readonly #view: ViewCart;

  constructor(store: CartStore, view: ViewCart) {
    this.#store = store;
    this.#view = view;
  }

  /**
   * @returns undefined for the current cart of an owner who has none.
   * @throws DomainError `CART_NOT_FOUND`.
   */
  async get(owner: Owner, ref: CartRef): Promise<AssessedCart | undefined> {
    const cart = await this.#store.read(owner.id, ref);
    if (cart !== undefined) return this.#view.view(owner.id, cart);
    if (ref === 'current') return undefined;
    throw notFound('CART_NOT_FOUND', 'There is no such cart.', { metadata: { cart_id: ref.id } });
  }
}
