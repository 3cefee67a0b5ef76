import type { Day, DayRange } from './calendar.ts';

/** What a report can group by. */
export const DIMENSIONS = ['day', 'sku', 'country'] as const;

/** What a report can group by. */
export type Dimension = (typeof DIMENSIONS)[number];

/** Which sales to sum up, and how to group them. Sales in different currencies are never added. */
export interface SalesQuery {
  readonly days: DayRange;
  readonly groupBy: readonly Dimension[];
  /** Only these; empty means all. */
  readonly sku: string;
  readonly country: string;
  readonly currency: string;
}

/** Sums of sales in one currency, in its minor units. */
export interface SalesFigures {
  readonly currency: string;
  readonly gross: bigint;
  readonly discount: bigint;
  readonly refund: bigint;
  readonly tax: bigint;
  readonly units: bigint;
  readonly returnedUnits: bigint;
  readonly orders: bigint;
}

/** The sums of one group. Dimensions that the report does not group by are empty. */
export interface SalesRow extends SalesFigures {
  readonly day: Day;
  readonly sku: string;
  readonly country: string;
}

/** What is left of sales after discounts and refunds, before tax. */
export function netOf({ gross, discount, refund }: SalesFigures): bigint {
  return gross - discount - refund;
}
