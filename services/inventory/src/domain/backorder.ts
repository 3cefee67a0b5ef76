import { type Allocation, type Reservation, type ReservationChange, unitsOf } from './reservation.ts';
import { movement } from './movement.ts';
import type { Stock } from './stock.ts';

/** Units that an order was promised and that have come. */
export interface FilledBackorder extends ReservationChange {
  readonly filled: readonly Allocation[];
}

/** Whether anything of a reservation is still promised only. */
function isOwed({ state, lines }: Reservation): boolean {
  return (state === 'held' || state === 'committed') && lines.some(({ backordered }) => backordered > 0);
}

/**
 * Gives a reservation what it was promised, as far as it is there: held units are reserved, sold ones leave at once.
 * @param stock as it is after those who were promised earlier got theirs.
 * @returns undefined if nothing has come.
 */
export function fillBackorders(reservation: Reservation, stock: Stock): FilledBackorder | undefined {
  if (!isOwed(reservation)) return undefined;
  const there = new Map(
    [...stock.values()]
      .flat()
      .map((level) => [
        `${level.locationId} ${level.sku}`,
        Math.max(0, level.onHand - level.reserved - level.safetyStock),
      ]),
  );
  const filled: Allocation[] = [];
  const lines = reservation.lines.map((line) => {
    const key = `${line.locationId} ${line.sku}`;
    const units = Math.min(line.backordered, there.get(key) ?? 0);
    if (units === 0) return line;
    there.set(key, (there.get(key) ?? 0) - units);
    filled.push({ ...line, quantity: units, backordered: 0 });
    return { ...line, backordered: line.backordered - units };
  });
  if (filled.length === 0) return undefined;
  const isSold = reservation.state === 'committed';
  return {
    reservation: { ...reservation, lines, version: reservation.version + 1n },
    filled,
    movements: unitsOf(filled).map((units) =>
      movement('backorder', units, reservation.orderId, {
        backorderedDelta: -units.quantity,
        ...(isSold ? { onHandDelta: -units.quantity } : { reservedDelta: units.quantity }),
      }),
    ),
  };
}

/**
 * Strikes promised units off an order that gives some of its units up.
 * @returns the change and how many of the units were struck off; the rest was really there.
 */
export function strikeOff(
  reservation: Reservation,
  sku: string,
  quantity: number,
): ReservationChange & { readonly struck: number } {
  let struck = 0;
  const gone: Allocation[] = [];
  const lines = reservation.lines.flatMap((line) => {
    const units = line.sku === sku ? Math.min(line.backordered, quantity - struck) : 0;
    if (units === 0) return [line];
    struck += units;
    gone.push({ ...line, quantity: units, backordered: units });
    const rest = { ...line, quantity: line.quantity - units, backordered: line.backordered - units };
    return rest.quantity === 0 ? [] : [rest];
  });
  return {
    struck,
    reservation: struck === 0 ? reservation : { ...reservation, lines, version: reservation.version + 1n },
    movements: unitsOf(gone).map((units) =>
      movement('backorder', units, reservation.orderId, { backorderedDelta: -units.quantity }),
    ),
  };
}
