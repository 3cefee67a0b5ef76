import type { Money } from '@souk/kernel';
import type { Calendar, Day } from './calendar.ts';

/**
 * What one event says about one SKU of one order. Reports are sums of these. Amounts are minor units of `currency`;
 * tax is negative where it was given back.
 */
export interface SalesFact {
  /** Event id and SKU: the same event gives the same facts again. */
  readonly factId: string;
  readonly orderId: string;
  /** The merchant's day on which it counts. */
  readonly day: Day;
  readonly sku: string;
  readonly country: string;
  readonly currency: string;
  readonly gross: bigint;
  readonly discount: bigint;
  readonly refund: bigint;
  readonly tax: bigint;
  readonly units: bigint;
  readonly returnedUnits: bigint;
  /** 1 for the first fact of a sale, else 0: sums up to orders where SKUs are not told apart. */
  readonly orders: bigint;
  /** 1 for a fact of a sale, else 0: sums up to orders where they are, as an order has one sale fact per SKU. */
  readonly skuOrders: bigint;
  /** When the event happened. */
  readonly occurTime: Date;
}

/** What sales and refunds have in common. */
export interface SaleEvent {
  readonly eventId: string;
  readonly orderId: string;
  readonly country: string;
  readonly currency: string;
  /** When it counts: the order's time, or the time at which goods came back. */
  readonly time: Date;
  readonly occurTime: Date;
}

/** Units of a SKU as they were sold. */
export interface SoldLine {
  readonly sku: string;
  readonly quantity: number;
  readonly gross: Money;
  readonly discount: Money;
  readonly tax: Money;
}

/** Units of a SKU for which money was given back. */
export interface RefundedLine {
  readonly sku: string;
  readonly quantity: number;
  readonly net: Money;
  readonly tax: Money;
}

type Amounts = Pick<SalesFact, 'gross' | 'discount' | 'refund' | 'tax' | 'units' | 'returnedUnits'>;

const NOTHING: Amounts = { gross: 0n, discount: 0n, refund: 0n, tax: 0n, units: 0n, returnedUnits: 0n };

/** The facts of a sale, one per SKU; lines with the same SKU add up. */
export function factsOfSale(calendar: Calendar, event: SaleEvent, lines: readonly SoldLine[]): SalesFact[] {
  const amounts = bySku(
    lines.map(({ sku, quantity, gross, discount, tax }) => ({
      sku,
      amounts: {
        ...NOTHING,
        gross: gross.minor,
        discount: discount.minor,
        tax: tax.minor,
        units: BigInt(quantity),
      },
    })),
  );
  return Array.from(amounts, ([sku, sums], index) => ({
    ...identityOf(calendar, event, sku),
    ...sums,
    orders: index === 0 ? 1n : 0n,
    skuOrders: 1n,
  }));
}

/** The facts of a return or a cancellation, one per SKU. */
export function factsOfRefund(
  calendar: Calendar,
  event: SaleEvent,
  lines: readonly RefundedLine[],
): SalesFact[] {
  const amounts = bySku(
    lines.map(({ sku, quantity, net, tax }) => ({
      sku,
      amounts: { ...NOTHING, refund: net.minor, tax: -tax.minor, returnedUnits: BigInt(quantity) },
    })),
  );
  return Array.from(amounts, ([sku, sums]) => ({
    ...identityOf(calendar, event, sku),
    ...sums,
    orders: 0n,
    skuOrders: 0n,
  }));
}

function bySku(lines: readonly { readonly sku: string; readonly amounts: Amounts }[]): Map<string, Amounts> {
  const sums = new Map<string, Amounts>();
  for (const { sku, amounts } of lines) {
    const sum = sums.get(sku) ?? NOTHING;
    sums.set(sku, {
      gross: sum.gross + amounts.gross,
      discount: sum.discount + amounts.discount,
      refund: sum.refund + amounts.refund,
      tax: sum.tax + amounts.tax,
      units: sum.units + amounts.units,
      returnedUnits: sum.returnedUnits + amounts.returnedUnits,
    });
  }
  return sums;
}

function identityOf(
  calendar: Calendar,
  event: SaleEvent,
  sku: string,
): Pick<SalesFact, 'factId' | 'orderId' | 'day' | 'sku' | 'country' | 'currency' | 'occurTime'> {
  const { eventId, orderId, country, currency, time, occurTime } = event;
  return {
    factId: `${eventId}:${sku}`,
    orderId,
    day: calendar.dayOf(time),
    sku,
    country,
    currency,
    occurTime,
  };
}
