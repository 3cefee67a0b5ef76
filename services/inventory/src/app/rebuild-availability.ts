import type { StockLevel } from '../domain/stock.ts';
import type { InventoryPorts, LevelKey } from './ports.ts';

const PAGE = 500;
const NAMED = 1_000;

/** What a comparison of the read model with the books found. */
export interface Comparison {
  readonly compared: bigint;
  /** SKUs that differ, at most 1,000 of them. */
  readonly differing: readonly string[];
}

/** Compares the read model with the books, page by page, and unless told otherwise puts it right. Both may go on changing. */
export async function rebuildAvailability(ports: InventoryPorts, validateOnly: boolean): Promise<Comparison> {
  const differing = new Set<string>();
  let compared = 0n;
  for (let after: LevelKey | undefined; ; ) {
    const levels = await ports.books.pageLevels(after, PAGE);
    const wrong = await differences(ports, levels);
    for (const { level } of wrong) differing.add(level.sku);
    if (!validateOnly && wrong.length > 0) {
      // Ahead of the books it can only be when they were restored from an older state.
      await ports.view.remove(wrong.filter(({ isAhead }) => isAhead).map(({ level }) => level.sku));
      await ports.view.overwrite(wrong.map(({ level }) => level));
    }
    compared += BigInt(levels.length);
    after = levels.at(-1);
    if (after === undefined || levels.length < PAGE) break;
  }
  for (const sku of await orphans(ports)) {
    differing.add(sku);
    if (!validateOnly) await ports.view.remove([sku]);
  }
  return { compared, differing: [...differing].slice(0, NAMED) };
}

/** Levels of the books that the read model lacks or has wrong. It may be ahead of a page that was read before it. */
async function differences(
  ports: InventoryPorts,
  page: readonly StockLevel[],
): Promise<{ level: StockLevel; isAhead: boolean }[]> {
  const skus = [...new Set(page.map(({ sku }) => sku))];
  const viewed = new Map((await ports.view.levelsOf(skus)).map((level) => [keyOf(level), level]));
  const suspects = page.filter((level) => !isEqual(level, viewed.get(keyOf(level))));
  if (suspects.length === 0) return [];
  const fresh = await ports.books.levelsOf(suspects.map(({ sku }) => sku));
  return fresh.flatMap((level) => {
    const view = viewed.get(keyOf(level));
    return isEqual(level, view)
      ? []
      : [{ level, isAhead: view !== undefined && view.version > level.version }];
  });
}

async function orphans(ports: InventoryPorts): Promise<string[]> {
  const found: string[] = [];
  for (let after: string | undefined; ; ) {
    const skus = await ports.view.pageSkus(after, PAGE);
    const known = new Set((await ports.books.levelsOf(skus)).map(({ sku }) => sku));
    found.push(...skus.filter((sku) => !known.has(sku)));
    after = skus.at(-1);
    if (after === undefined || skus.length < PAGE) return found;
  }
}

const keyOf = ({ sku, locationId }: LevelKey): string => `${locationId} ${sku}`;

function isEqual(a: StockLevel, b: StockLevel | undefined): boolean {
  return (
    b !== undefined &&
    a.version === b.version &&
    a.position === b.position &&
    a.onHand === b.onHand &&
    a.reserved === b.reserved &&
    a.damaged === b.damaged &&
    a.incoming === b.incoming &&
    a.backordered === b.backordered &&
    a.safetyStock === b.safetyStock
  );
}
