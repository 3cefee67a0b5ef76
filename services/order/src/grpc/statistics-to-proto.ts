import type { MessageInitShape } from '@bufbuild/protobuf';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import type { OrderStatisticsSchema } from '@souk/gen/souk/order/v1/export_pb';
import { Money } from '@souk/kernel';
import { moneyToProto } from '@souk/rpc';
import type { OrderStatistics } from '../app/order-statistics.ts';
import { ORDER_STATES } from '../events/contract-enums.ts';

/** Statistics. */
export function statisticsToProto(
  statistics: OrderStatistics,
): MessageInitShape<typeof OrderStatisticsSchema> {
  return {
    orders: BigInt(statistics.orders),
    states: statistics.states.map(({ state, orders }) => ({
      state: ORDER_STATES.toProto[state],
      orders: BigInt(orders),
    })),
    values: statistics.values.map(({ currency, paidOrders, sold, refunded }) => ({
      currencyCode: currency,
      paidOrders: BigInt(paidOrders),
      sold: moneyToProto(sold),
      refunded: moneyToProto(refunded),
      average: moneyToProto(average(sold, paidOrders)),
    })),
    checkoutConversionRate: statistics.checkoutConversionRate,
    cancellationRate: statistics.cancellationRate,
    returnRate: statistics.returnRate,
    unitReturnRate: statistics.unitReturnRate,
    timeInState: statistics.times.map(({ state, visits, meanMs, medianMs, p95Ms }) => ({
      state: ORDER_STATES.toProto[state],
      visits: BigInt(visits),
      mean: durationFromMs(Math.round(meanMs)),
      median: durationFromMs(Math.round(medianMs)),
      p95: durationFromMs(Math.round(p95Ms)),
    })),
  };
}

/** Halves up, to the minor unit. */
function average(sum: Money, count: number): Money {
  const whole = BigInt(count);
  return Money.of(sum.currency, count === 0 ? 0n : (sum.minor * 2n + whole) / (whole * 2n));
}
