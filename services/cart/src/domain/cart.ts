/** Whose cart it is. */
export interface Owner {
  readonly id: string;
  readonly kind: 'guest' | 'account';
}

/** What catalog says of a SKU, as far as a cart keeps it. */
export interface ItemInfo {
  readonly productId: string;
  readonly title: string;
}

/** One SKU in a cart. */
export interface CartLine extends ItemInfo {
  readonly sku: string;
  readonly quantity: number;
  readonly createTime: Date;
}

/** Where and in what money a cart is to be bought. */
export interface CartContext {
  /** ISO 4217 code. */
  readonly currency: string;
  /** ISO 3166-1 alpha-2 code of the country of delivery. */
  readonly country: string;
}

/** A cart as it is kept: lines without amounts. */
export interface Cart extends CartContext {
  readonly id: string;
  /** Grows with every change, also over carts of one owner that follow each other. */
  readonly version: bigint;
  /** Oldest first; one per SKU. */
  readonly lines: readonly CartLine[];
  readonly createTime: Date;
  readonly updateTime: Date;
  readonly expireTime: Date;
}

/** The context of a cart for which none was stated. */
export const DEFAULT_CONTEXT: CartContext = { currency: 'GBP', country: 'GB' };
/** How many lines a cart may have. */
export const MAX_LINES = 1_000;
/** How many units a line may have. */
export const MAX_QUANTITY = 100_000;

const DAY_MS = 86_400_000;

/** How long a cart lives after its last change, in milliseconds. */
export function lifetimeOf(kind: Owner['kind']): number {
  return (kind === 'guest' ? 30 : 90) * DAY_MS;
}
