import { invalid, type Money } from '@souk/kernel';
import type { OrderState } from '../domain/order-state.ts';

const LONGEST_RANGE_MS = 366 * 86_400_000;

/** What is counted of the orders of a time range. */
export interface OrderCounts {
  readonly states: readonly { readonly state: OrderState; readonly orders: number }[];
  readonly values: readonly {
    readonly currency: string;
    readonly paidOrders: number;
    readonly sold: Money;
    readonly refunded: Money;
  }[];
  readonly paid: number;
  /** Paid orders that were cancelled whole. */
  readonly cancelled: number;
  /** Paid orders of which a unit came back. */
  readonly returned: number;
  readonly soldUnits: number;
  readonly returnedUnits: number;
  readonly times: readonly TimeInState[];
}

/** How long orders stayed in a state that they have left; milliseconds. */
export interface TimeInState {
  readonly state: OrderState;
  readonly visits: number;
  readonly meanMs: number;
  readonly medianMs: number;
  readonly p95Ms: number;
}

/** Counts the orders whose time lies in a range. */
export interface StatisticsStore {
  count(from: Date, until: Date): Promise<OrderCounts>;
}

/** Counts and rates. */
export interface OrderStatistics extends OrderCounts {
  readonly orders: number;
  readonly checkoutConversionRate: number;
  readonly cancellationRate: number;
  readonly returnRate: number;
  readonly unitReturnRate: number;
}

/**
 * Numbers about the orders of a time range.
 *
 * @throws DomainError `STATISTICS_RANGE_INVALID`.
 */
export async function orderStatistics(
  statistics: StatisticsStore,
  from: Date,
  until: Date,
): Promise<OrderStatistics> {
  const length = until.getTime() - from.getTime();
  if (length < 0 || length > LONGEST_RANGE_MS)
    throw invalid('STATISTICS_RANGE_INVALID', 'The range must end after it begins, at most 366 days later.', {
      field: 'end_time',
    });
  const counts = await statistics.count(from, until);
  const orders = counts.states.reduce((sum, { orders: count }) => sum + count, 0);
  return {
    ...counts,
    orders,
    checkoutConversionRate: share(counts.paid, orders),
    cancellationRate: share(counts.cancelled, counts.paid),
    returnRate: share(counts.returned, counts.paid),
    unitReturnRate: share(counts.returnedUnits, counts.soldUnits),
  };
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
