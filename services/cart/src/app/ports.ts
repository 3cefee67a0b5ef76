import type { Cart, CartContext, ItemInfo, Owner } from '../domain/cart.ts';
import type { CartQuote, Stock } from '../domain/assessment.ts';
import type { LineCommand } from '../domain/line-command.ts';

/** Names a cart of its owner: an id, or the one that is current. */
export type CartRef = { readonly id: string } | 'current';

/** A change of a cart, carried out as one atomic step or not at all. */
export interface CartChange {
  readonly ownerId: string;
  /** Decides how long the cart lives from now on; undefined leaves that as it was. */
  readonly ownerKind: Owner['kind'] | undefined;
  readonly ref: CartRef;
  /** Makes a cart if the owner has none; only with `current`. */
  readonly create: boolean;
  readonly commands: readonly LineCommand[];
  /** Context for a cart without lines; one with lines must have it already. */
  readonly context: Partial<CartContext>;
  /** The version that the cart must have. */
  readonly version: bigint | undefined;
  /** Makes the change safe to repeat: the same operation has no second effect. */
  readonly operation: { readonly id: string; readonly fingerprint: string } | undefined;
}

/** Keeps carts. A cart is found only under its owner. */
export interface CartStore {
  /** The cart; undefined when the owner has none such. */
  read(ownerId: string, ref: CartRef): Promise<Cart | undefined>;
  /**
   * Changes a cart.
   *
   * @returns the cart afterwards.
   * @throws DomainError `CART_NOT_FOUND`, `CART_MERGED`, `REQUEST_ID_REUSED`, `ETAG_MISMATCH`, `CONTEXT_MISMATCH`,
   * `LINE_NOT_FOUND`, `LINE_LIMIT_EXCEEDED`, `QUANTITY_LIMIT_EXCEEDED`, `TOO_MANY_CHANGES`.
   */
  change(change: CartChange): Promise<Cart>;
  /**
   * Reserves an owner's current cart for being merged into another's: nobody can change it any more.
   *
   * @returns the cart; undefined when there is none.
   * @throws DomainError `CART_MERGED` when it is reserved for somebody else.
   */
  reserveForMerge(ownerId: string, intoOwnerId: string): Promise<Cart | undefined>;
  /** Takes a reservation back. */
  cancelMerge(ownerId: string, cartId: string): Promise<void>;
  /** Forgets a cart that was merged. */
  discard(ownerId: string, cartId: string): Promise<void>;
}

/** A SKU as catalog knows it. */
export interface Variant extends ItemInfo {
  /** Whether it may be sold now. */
  readonly active: boolean;
}

/** Looks SKUs up in catalog; unknown ones are left out. */
export interface Catalogue {
  variants(skus: readonly string[]): Promise<ReadonlyMap<string, Variant>>;
}

/** Asks pricing what lines cost. */
export interface Quotes {
  quote(ownerId: string, cart: Cart): Promise<CartQuote>;
}

/** Asks inventory what can be sold. */
export interface Availability {
  stock(skus: readonly string[]): Promise<Stock>;
}
