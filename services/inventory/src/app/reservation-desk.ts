import { aborted, detached } from '@souk/kernel';
import { wantedLines } from '../domain/demand.ts';
import type { Setup } from '../domain/location.ts';
import type { Reservation } from '../domain/reservation.ts';
import type { EndReservation, OrderCommand, ReserveStock } from './decide-orders.ts';
import { barOrder } from './end-reservations.ts';
import type { InventoryPorts } from './ports.ts';
import { serveOrders } from './serve-orders.ts';
import { skuLanes } from './sku-lanes.ts';
import { StockMemory } from './stock-memory.ts';

/** Lines written in one transaction at most. */
const MAX_WEIGHT = 500;
/** Batches under way; they never share a SKU, so they do not wait for each other. */
const CONCURRENCY = 4;
/** Commands that wait for one SKU before it counts as hot. */
const HOT_AT = 8;

/** Which reservation to end. */
export type OrderCall = Omit<EndReservation, 'do'>;

/** Where orders reserve, buy and give back. Calls that come at the same time are written together. */
export interface ReservationDesk {
  /** @throws DomainError STOCK_INSUFFICIENT, SKU_UNKNOWN, RESERVATION_CONFLICT, RESERVATION_EXPIRED, RESERVATION_RELEASED */
  reserve(command: ReserveStock, signal: AbortSignal): Promise<Reservation>;
  /** @throws DomainError RESERVATION_NOT_FOUND, RESERVATION_EXPIRED, RESERVATION_RELEASED */
  commit(call: OrderCall, signal: AbortSignal): Promise<Reservation>;
  /** @throws DomainError RESERVATION_COMMITTED */
  release(call: OrderCall, signal: AbortSignal): Promise<Reservation>;
}

/** The desk of this process. */
export function reservationDesk(ports: InventoryPorts): ReservationDesk {
  const memory = new StockMemory();
  let setup: Setup = { locations: [], kits: new Map() };
  // A batch serves many calls: the one that began it may be cancelled alone.
  const serveAll = (commands: readonly OrderCommand[]): ReturnType<typeof serveOrders> =>
    detached(() => serveOrders(ports, memory, commands));
  const serve = skuLanes(serveAll, {
    concurrency: CONCURRENCY,
    maxWeight: MAX_WEIGHT,
    hotAt: HOT_AT,
    weightOf: (command) => (command.do === 'reserve' ? command.lines.length : 1),
    // A reservation this process does not know touches SKUs it can't tell; the versions in the books catch that.
    skusOf: (command) =>
      command.do === 'reserve'
        ? wantedLines(command.lines, setup.kits).map(({ sku }) => sku)
        : (memory.reservation(command.reservationId)?.lines.map(({ sku }) => sku) ?? []),
  });
  const submit = async (command: OrderCommand, signal: AbortSignal): Promise<Reservation | undefined> => {
    setup = await ports.setup.current();
    return serve(command, signal);
  };
  return {
    async reserve(command, signal) {
      return required(await submit(command, signal));
    },
    async commit(call, signal) {
      return required(await submit({ ...call, do: 'commit' }, signal));
    },
    async release(call, signal) {
      const command = { ...call, do: 'release' } as const;
      const released =
        (await submit(command, signal)) ?? (await barOrder(ports, call)) ?? (await submit(command, signal));
      if (released === undefined)
        throw aborted('CONFLICT', 'The order is reserving at this moment; try again.');
      return released;
    },
  };
}

function required(reservation: Reservation | undefined): Reservation {
  if (reservation === undefined) throw new Error('a reservation is missing');
  return reservation;
}
