import type { MessageInitShape } from '@bufbuild/protobuf';
import type { Money as MoneyMessage } from '@souk/gen/google/type/money_pb';
import type { OrderTotalsSchema } from '@souk/gen/souk/order/v1/order_pb';
import type { Money } from '@souk/kernel';
import { moneyToProto } from '@souk/rpc';
import type { OrderTotals } from '../domain/order-line.ts';

/** An amount as RPCs and events carry it. */
export function amount(money: Money): MoneyMessage {
  return moneyToProto(money);
}

/** An order's sums as RPCs and events carry them. */
export function totalsToProto(totals: OrderTotals): MessageInitShape<typeof OrderTotalsSchema> {
  return {
    listAmount: amount(totals.listAmount),
    discount: amount(totals.discount),
    tax: amount(totals.tax),
    total: amount(totals.total),
  };
}
