/** Who bought what. */
export interface PurchaseKey {
  readonly customerId: string;
  readonly productId: string;
}

/** Units of a product that a customer got or gave back with one order. Recording it twice is recording it once. */
export interface PurchaseChange extends PurchaseKey {
  readonly orderId: string;
  readonly kind: 'bought' | 'given-back';
  /** Tells one giving back from another: the return's id, or `cancellation`. Empty for a purchase. */
  readonly occasion: string;
  /** Units, at least 1. */
  readonly quantity: number;
}

/** What is known of one order's units of a product. */
export interface OrderedUnits {
  /** Absent while only a return is known of. */
  readonly bought?: number;
  /** By occasion. */
  readonly givenBack?: Readonly<Record<string, number>>;
}

/** Whether a customer keeps at least one unit of what it bought. */
export function keepsSome(orders: Iterable<OrderedUnits>): boolean {
  for (const { bought = 0, givenBack = {} } of orders) {
    const back = Object.values(givenBack).reduce((sum, quantity) => sum + quantity, 0);
    if (bought > back) return true;
  }
  return false;
}
