import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  OrderCancelledSchema,
  OrderConfirmedSchema,
  OrderLinesCancelledSchema,
  ReturnCompletedSchema,
} from '@souk/gen/souk/order/events/v1/order_events_pb';
import { Money, newId, type ServiceHost, systemClock } from '@souk/kernel';
import { connectKafka, type Envelope, fact, type KafkaBroker } from '@souk/messaging';
import { moneyToProto } from '@souk/rpc';
import type { TestService } from '@souk/testing';

/** The order service's part of the log, as far as analytics reads it. */
export interface OrderLog {
  readonly kafka: KafkaBroker;
  sale(sale: Sale): Envelope;
  cancellation(cancellation: Refund): Envelope;
  linesCancelled(cancellation: Refund): Envelope;
  returned(refund: Refund): Envelope;
}

export interface Line {
  readonly sku: string;
  readonly quantity: number;
  /** Minor units: list amount of a sale, net of a refund. */
  readonly amount: bigint;
  readonly discount?: bigint;
  readonly tax?: bigint;
}

export interface Sale {
  readonly orderId: string;
  readonly time: string;
  readonly country?: string;
  readonly currency?: string;
  readonly lines: readonly Line[];
}

export type Refund = Sale;

export function orderLog(service: TestService): OrderLog {
  const silent = (): void => undefined;
  const host: ServiceHost = {
    name: 'order',
    namespace: service.namespace,
    engines: service.engines,
    clock: systemClock,
    log: { debug: silent, info: silent, warn: silent, error: silent },
    onStop: silent,
    healthCheck: silent,
  };
  const common = ({ orderId, country = 'GB', currency = 'GBP' }: Sale) => ({
    orderId,
    version: 1n,
    occurTime: timestampFromDate(new Date()),
    regionCode: country,
    currencyCode: currency,
  });
  const refunded = ({ lines, currency = 'GBP' }: Refund) =>
    lines.map(({ sku, quantity, amount, tax = 0n }) => ({
      sku,
      quantity,
      net: moneyToProto(Money.of(currency, amount)),
      tax: moneyToProto(Money.of(currency, tax)),
    }));
  return {
    kafka: connectKafka(host),
    sale: (sale) => {
      const money = (minor: bigint) => moneyToProto(Money.of(sale.currency ?? 'GBP', minor));
      const lines = sale.lines.map(({ sku, quantity, amount, discount = 0n, tax = 0n }) => ({
        lineId: newId(),
        sku,
        quantity,
        listAmount: money(amount),
        discount: money(discount),
        tax: money(tax),
      }));
      const orderTime = timestampFromDate(new Date(sale.time));
      return fact(
        host,
        OrderConfirmedSchema,
        { ...common(sale), orderTime, lines },
        { subject: sale.orderId },
      );
    },
    cancellation: (refund) =>
      fact(
        host,
        OrderCancelledSchema,
        { ...common(refund), occurTime: timestampFromDate(new Date(refund.time)), lines: refunded(refund) },
        { subject: refund.orderId },
      ),
    linesCancelled: (refund) =>
      fact(
        host,
        OrderLinesCancelledSchema,
        { ...common(refund), occurTime: timestampFromDate(new Date(refund.time)), lines: refunded(refund) },
        { subject: refund.orderId },
      ),
    returned: (refund) =>
      fact(
        host,
        ReturnCompletedSchema,
        { ...common(refund), receiveTime: timestampFromDate(new Date(refund.time)), lines: refunded(refund) },
        { subject: refund.orderId },
      ),
  };
}
