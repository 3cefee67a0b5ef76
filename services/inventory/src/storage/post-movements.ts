import type { Posting } from '../app/ports.ts';
import { alertsOf } from '../domain/alert.ts';
import type { InventoryFact } from '../domain/fact.ts';
import { afterMovements, replaceLevels, type StockLevel } from '../domain/stock.ts';
import type { Positions } from './positions.ts';

/** A posting as it will stand in the books. */
export interface PreparedPosting {
  readonly levels: readonly StockLevel[];
  readonly positions: readonly bigint[];
  readonly facts: readonly InventoryFact[];
}

/**
 * Works out what a posting makes of the levels, which positions its movements get, and what is told of it.
 * @throws DomainError QUANTITY_LIMIT_EXCEEDED
 */
export async function prepare(posting: Posting, positions: Positions): Promise<PreparedPosting> {
  const { movements, stock, time } = posting;
  const before = [...stock.values()].flat();
  const newest = before.reduce((max, { position }) => (position > max ? position : max), 0n);
  const taken = await positions.take(movements.length, newest);
  const last = new Map(
    movements.map(({ sku, locationId }, index) => [`${locationId} ${sku}`, taken[index] ?? 0n]),
  );
  const levels = afterMovements(stock, movements, time).map((level) => ({
    ...level,
    position: last.get(`${level.locationId} ${level.sku}`) ?? level.position,
  }));
  return { levels, positions: taken, facts: factsOf(posting, levels) };
}

function factsOf(posting: Posting, levels: readonly StockLevel[]): InventoryFact[] {
  const { stock, time, newReservations = [], endedReservations = [], facts = [] } = posting;
  const after = new Map(stock);
  replaceLevels(after, levels);
  const skus = [...new Set(levels.map(({ sku }) => sku))];
  return [
    ...levels.map((level) => ({ type: 'stock-changed' as const, level })),
    ...skus.flatMap((sku) => {
      const now = after.get(sku) ?? [];
      const version = now.reduce((sum, level) => sum + level.version, 0n);
      return alertsOf(stock.get(sku) ?? [], now).map((alert) => ({
        type: 'stock-alert' as const,
        alert,
        version,
        time,
      }));
    }),
    ...[...newReservations, ...endedReservations].map((reservation) => ({
      type: 'reservation-changed' as const,
      reservation,
      time,
    })),
    ...facts,
  ];
}
