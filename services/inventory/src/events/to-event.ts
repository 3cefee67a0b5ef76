import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  ReservationCommittedSchema,
  ReservationExpiredSchema,
  ReservationMadeSchema,
  ReservationReleasedSchema,
  StockChangedSchema,
} from '@souk/gen/souk/inventory/events/v1/inventory_events_pb';
import type { ServiceHost } from '@souk/kernel';
import { type Envelope, fact } from '@souk/messaging';
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
  }
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
