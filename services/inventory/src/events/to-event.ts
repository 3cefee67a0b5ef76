import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  BackInStockReachedSchema,
  BackorderFilledSchema,
  KitChangedSchema,
  ReservationCommittedSchema,
  ReservationExpiredSchema,
  ReservationMadeSchema,
  ReservationReleasedSchema,
  StockAlertKind,
  StockAlertRaisedSchema,
  StockChangedSchema,
} from '@souk/gen/souk/inventory/events/v1/inventory_events_pb';
import { BackorderMode } from '@souk/gen/souk/inventory/v1/warehouse_pb';
import type { ServiceHost } from '@souk/kernel';
import { type Envelope, fact } from '@souk/messaging';
import type { AlertKind } from '../domain/alert.ts';
import type { InventoryFact } from '../domain/fact.ts';
import { type Reservation, unitsOf } from '../domain/reservation.ts';
import { availableOf, type StockLevel } from '../domain/stock.ts';

/** Turns what happened in the inventory into the message that tells of it. */
export function toEvent(host: ServiceHost, happened: InventoryFact): Envelope {
  switch (happened.type) {
    case 'stock-changed':
      return stockChanged(host, happened.level);
    case 'reservation-changed':
      return reservationChanged(host, happened.reservation, happened.time);
    case 'stock-alert':
      return stockAlert(host, happened);
    case 'backorder-filled':
      return backorderFilled(host, happened);
    case 'kit-changed':
      return kitChanged(host, happened);
    case 'back-in-stock': {
      const { subscriptionId, sku, time } = happened;
      const message = { subscriptionId, version: 1n, occurTime: timestampFromDate(time), sku };
      return fact(host, BackInStockReachedSchema, message, { subject: subscriptionId, time });
    }
  }
}

type FactOf<Type extends InventoryFact['type']> = Extract<InventoryFact, { readonly type: Type }>;

const ALERTS: Readonly<Record<AlertKind, StockAlertKind>> = {
  'low-stock': StockAlertKind.LOW_STOCK,
  'out-of-stock': StockAlertKind.OUT_OF_STOCK,
  'back-in-stock': StockAlertKind.BACK_IN_STOCK,
  overstock: StockAlertKind.OVERSTOCK,
};

const MODES: Readonly<Record<StockLevel['backorderMode'], BackorderMode>> = {
  none: BackorderMode.UNSPECIFIED,
  backorder: BackorderMode.BACKORDER,
  preorder: BackorderMode.PREORDER,
};

function stockAlert(host: ServiceHost, { alert, version, time }: FactOf<'stock-alert'>): Envelope {
  const { sku, kind, available, threshold } = alert;
  return fact(
    host,
    StockAlertRaisedSchema,
    {
      sku,
      version,
      occurTime: timestampFromDate(time),
      kind: ALERTS[kind],
      available: BigInt(available),
      threshold: BigInt(threshold),
    },
    { subject: sku, time },
  );
}

function backorderFilled(
  host: ServiceHost,
  { reservation, filled, time }: FactOf<'backorder-filled'>,
): Envelope {
  const { orderId, reservationId, version } = reservation;
  return fact(
    host,
    BackorderFilledSchema,
    {
      orderId,
      version,
      occurTime: timestampFromDate(time),
      reservationId,
      allocations: filled.map((line) => ({
        ...line,
        quantity: BigInt(line.quantity),
        backorderedQuantity: 0n,
      })),
    },
    { subject: orderId, time },
  );
}

function kitChanged(
  host: ServiceHost,
  { kitSku, components, version, time }: FactOf<'kit-changed'>,
): Envelope {
  return fact(
    host,
    KitChangedSchema,
    {
      kitSku,
      version,
      occurTime: timestampFromDate(time),
      components: components.map(({ sku, quantity }) => ({ sku, quantity: BigInt(quantity) })),
    },
    { subject: kitSku, time },
  );
}

function stockChanged(host: ServiceHost, level: StockLevel): Envelope {
  return fact(
    host,
    StockChangedSchema,
    {
      sku: level.sku,
      version: level.version,
      occurTime: timestampFromDate(level.updateTime),
      locationId: level.locationId,
      onHand: BigInt(level.onHand),
      reserved: BigInt(level.reserved),
      available: BigInt(availableOf(level)),
      damaged: BigInt(level.damaged),
      position: level.position,
      incoming: BigInt(level.incoming),
      backordered: BigInt(level.backordered),
      safetyStock: BigInt(level.safetyStock),
      backorderMode: MODES[level.backorderMode],
      backorderLimit: BigInt(level.backorderLimit),
      ...(level.expectTime && { expectTime: timestampFromDate(level.expectTime) }),
    },
    { subject: level.sku, time: level.updateTime },
  );
}

function reservationChanged(host: ServiceHost, reservation: Reservation, time: Date): Envelope {
  const { orderId, reservationId, version, state, lines, expireTime } = reservation;
  const common = { orderId, version, occurTime: timestampFromDate(time), reservationId };
  const options = { subject: orderId, time };
  switch (state) {
    case 'held':
      return fact(
        host,
        ReservationMadeSchema,
        {
          ...common,
          lines: unitsOf(lines).map((line) => ({ ...line, quantity: BigInt(line.quantity) })),
          expireTime: timestampFromDate(expireTime),
        },
        options,
      );
    case 'committed':
      return fact(host, ReservationCommittedSchema, common, options);
    case 'released':
      return fact(host, ReservationReleasedSchema, common, options);
    case 'expired':
      return fact(host, ReservationExpiredSchema, common, options);
  }
}
