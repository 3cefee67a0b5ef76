import { Money } from '@souk/kernel';
import { shareOfUnits } from './line-share.ts';

/** One line of an order, as it was sold. */
export interface OrderLine {
  readonly lineId: string;
  readonly productId: string;
  readonly sku: string;
  readonly title: string;
  readonly quantity: number;
  /** Price of one unit before discount and tax. */
  readonly unitPrice: Money;
  /** `unitPrice` times `quantity`. */
  readonly listAmount: Money;
  /** What promotions took off; not negative. */
  readonly discount: Money;
  /** Tax on `listAmount` less `discount`. */
  readonly tax: Money;
  /** `listAmount` less `discount` plus `tax`. */
  readonly total: Money;
  /** Units in returns, announced or received. */
  readonly returnedQuantity: number;
  /** Units that were cancelled or received back, whose share of the money is or will be refunded. */
  readonly refundedQuantity: number;
  /** Units cancelled before they were shipped. */
  readonly cancelledQuantity: number;
  /** Units handed to a carrier, or delivered without one. */
  readonly shippedQuantity: number;
  /** Units that have arrived. */
  readonly deliveredQuantity: number;
  /** Delivered without a shipment, as soon as the order is paid. */
  readonly digital: boolean;
  /** The edit that added the line. */
  readonly editId?: string | undefined;
  /** The line whose cancelled units it brings back. */
  readonly restores?: string | undefined;
}

/** What a line's units have been through when it is new. */
export const UNTOUCHED = {
  returnedQuantity: 0,
  refundedQuantity: 0,
  cancelledQuantity: 0,
  shippedQuantity: 0,
  deliveredQuantity: 0,
} as const satisfies Partial<OrderLine>;

/** Units that may still be announced for return. */
export function returnableOf(line: OrderLine): number {
  return line.quantity - line.cancelledQuantity - line.returnedQuantity;
}

/** Units that are still to be shipped; these may be cancelled, less those that are in a return already. */
export function unshippedOf(line: OrderLine): number {
  return line.quantity - line.cancelledQuantity - line.shippedQuantity;
}

/** Sums over an order's lines. */
export interface OrderTotals {
  readonly listAmount: Money;
  readonly discount: Money;
  readonly tax: Money;
  readonly total: Money;
}

/** The sums of lines that are all in `currency`. */
export function totalsOf(currency: string, lines: readonly OrderLine[]): OrderTotals {
  const sum = (amount: (line: OrderLine) => Money): Money => Money.sum(currency, lines.map(amount));
  return {
    listAmount: sum((line) => line.listAmount),
    discount: sum((line) => line.discount),
    tax: sum((line) => line.tax),
    total: sum((line) => line.total),
  };
}

/** Whether a line's amounts agree with each other, whatever their source claims. */
export function addsUp(line: OrderLine): boolean {
  return (
    line.unitPrice.times(line.quantity).equals(line.listAmount) &&
    !line.discount.isNegative &&
    !line.tax.isNegative &&
    line.discount.compare(line.listAmount) <= 0 &&
    line.listAmount.minus(line.discount).plus(line.tax).equals(line.total)
  );
}

/** Money to give back for units of a line. */
export interface LineRefund {
  /** Before tax. */
  readonly net: Money;
  readonly tax: Money;
  readonly total: Money;
}

/** What `count` units of a line, counted from unit `first`, were sold for: net of their discount, and their tax. */
export function refundOf(line: OrderLine, first: number, count: number): LineRefund {
  const share = (amount: Money): Money => shareOfUnits(amount, line.quantity, first, count);
  const net = share(line.listAmount).minus(share(line.discount));
  const tax = share(line.tax);
  return { net, tax, total: net.plus(tax) };
}
