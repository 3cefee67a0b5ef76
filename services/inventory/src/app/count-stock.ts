import { notFound } from '@souk/kernel';
import { reconcile, type StockCount } from '../domain/count.ts';
import { levelsOf } from '../domain/demand.ts';
import { requireLocation } from '../domain/location.ts';
import { levelAt } from '../domain/stock.ts';
import type { BooksTransaction, InventoryPorts } from './ports.ts';

/** What is to be counted. */
export interface CountPlan {
  readonly countId: string;
  readonly locationId: string;
  readonly skus: readonly string[];
}

/**
 * Notes what the books expect, once per id.
 * @throws DomainError SKU_UNKNOWN, LOCATION_UNKNOWN
 */
export async function startCount(ports: InventoryPorts, plan: CountPlan): Promise<StockCount> {
  const { countId, locationId, skus } = plan;
  requireLocation(await ports.setup.current(), locationId);
  return ports.books.transact(async (books) => {
    const stock = await books.lockLevels(skus);
    const lines = [...skus].sort().map((sku) => {
      levelsOf(stock, sku);
      return { sku, expected: levelAt(stock, sku, locationId)?.onHand ?? 0 };
    });
    const count = { countId, locationId, lines, isReconciled: false };
    return (await books.records.addCount(count)) ? count : find(books, countId);
  });
}

/**
 * What a count expects and found.
 * @throws DomainError COUNT_NOT_FOUND
 */
export async function getCount(ports: InventoryPorts, countId: string): Promise<StockCount> {
  return ports.books.transact((books) => find(books, countId));
}

/**
 * Books what was counted, once: doing it again answers the first outcome.
 * @throws DomainError COUNT_NOT_FOUND, COUNT_LINE_UNKNOWN
 */
export async function reconcileCount(
  ports: InventoryPorts,
  countId: string,
  found: ReadonlyMap<string, number>,
  actorId: string,
): Promise<StockCount> {
  return ports.books.transact(async (books) => {
    const count = await find(books, countId);
    if (count.isReconciled) return count;
    const known = await books.lockLevels(count.lines.map(({ sku }) => sku));
    const outcome = reconcile(count, found, known);
    if (outcome.movements.length > 0) {
      await books.post({
        movements: outcome.movements.map((move) => ({ ...move, requestId: countId })),
        stock: await books.openLevels(outcome.movements),
        time: ports.clock.now(),
        actorId,
      });
    }
    await books.records.saveCount(outcome.count);
    return outcome.count;
  });
}

async function find(books: BooksTransaction, countId: string): Promise<StockCount> {
  const count = await books.records.lockCount(countId);
  if (count === undefined) throw notFound('COUNT_NOT_FOUND', 'There is no such count.');
  return count;
}
