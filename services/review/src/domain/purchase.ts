/** Who bought what. */
export interface PurchaseKey {
  readonly customerId: string;
  readonly productId: string;
}

/** Units of a product that a customer got or gave back with one order. Recording it twice is recording it once. */
export interface PurchaseChange extends PurchaseKey {
  readonly orderId: string;
  readonly kind: 'bought' | 'given-back';
  /**
   * Tells one giving back from another: the return's id, or `cancellation`. Empty for the purchase itself, the edit's id for
   * what an edit of the order added.
   */
  readonly occasion: string;
  /** Units, at least 1. */
  readonly quantity: number;
}

/** What is known of one order's units of a product. */
export interface OrderedUnits {
  /** Absent while only a return is known of. */
  readonly bought?: number;
  /** By edit. */
  readonly boughtLater?: Readonly<Record<string, number>>;
  /** By occasion. */
  readonly givenBack?: Readonly<Record<string, number>>;
}

/** Whether a customer keeps at least one unit of what it bought. */
export function keepsSome(orders: Iterable<OrderedUnits>): boolean {
  const sumOf = (units: Readonly<Record<string, number>>): number =>
    Object.values(units).reduce((sum, quantity) => sum + quantity, 0);
  for (const { bought = 0, boughtLater = {}, givenBack = {} } of orders) {
    if (bought + sumOf(boughtLater) > sumOf(givenBack)) return true;
  }
  return false;
}
