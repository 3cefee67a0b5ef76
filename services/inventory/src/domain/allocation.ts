import { availableByLocation, type Demand, insufficient, levelsOf } from './demand.ts';
import { type AllocationStrategy, type Location, servingOrder } from './location.ts';
import { backorderableOf, type Stock } from './stock.ts';

/** Units of one SKU to be taken from one location. */
export interface Pick {
  readonly sku: string;
  readonly locationId: string;
  readonly quantity: number;
  /** How many of them are promised only. */
  readonly backordered: number;
}

/** By what locations are chosen. */
export interface AllocationRules {
  readonly locations: readonly Location[];
  readonly strategy: AllocationStrategy;
  /** Where the goods go; locations there come first. Empty if it does not matter. */
  readonly region: string;
}

interface Wish {
  readonly sku: string;
  readonly units: number;
  /** Available units by location, in serving order, none without any. */
  readonly sources: readonly (readonly [locationId: string, available: number])[];
}

/**
 * The rule that decides whether stock may be taken, and from where: every SKU must have at least what is wanted of it
 * over all serving locations together, units that may be promised counted last. All or nothing.
 * @throws DomainError SKU_UNKNOWN; STOCK_INSUFFICIENT for the first SKU that falls short.
 */
export function allocate(stock: Stock, demand: Demand, rules: AllocationRules): Pick[] {
  const serving = servingOrder(rules.locations, rules.region).map(({ locationId }) => locationId);
  const wishes: Wish[] = [];
  const promises: Pick[] = [];
  for (const [sku, requested] of demand) {
    const levels = levelsOf(stock, sku);
    const available = availableByLocation(levels);
    const sources = serving.flatMap((locationId) => {
      const units = available.get(locationId) ?? 0;
      return units > 0 ? [[locationId, units] as const] : [];
    });
    const total = sources.reduce((sum, [, units]) => sum + units, 0);
    const promised = promise(stock, sku, Math.max(0, requested - total), serving);
    const missing = requested - total - promised.reduce((sum, { quantity }) => sum + quantity, 0);
    if (missing > 0) throw insufficient(sku, requested, requested - missing);
    promises.push(...promised);
    wishes.push({ sku, units: Math.min(requested, total), sources });
  }
  return [...choose(wishes, rules.strategy), ...promises];
}

/** Promises units where that is allowed, in serving order. */
function promise(stock: Stock, sku: string, wanted: number, serving: readonly string[]): Pick[] {
  let missing = wanted;
  return serving.flatMap((locationId) => {
    const level = stock.get(sku)?.find((candidate) => candidate.locationId === locationId);
    const quantity = Math.min(missing, level === undefined ? 0 : backorderableOf(level));
    missing -= quantity;
    return quantity === 0 ? [] : [{ sku, locationId, quantity, backordered: quantity }];
  });
}

function choose(wishes: readonly Wish[], strategy: AllocationStrategy): Pick[] {
  switch (strategy) {
    case 'priority':
      return wishes.flatMap((wish) => take(wish, wish.sources));
    case 'highest-stock':
      return wishes.flatMap((wish) => take(wish, byStock(wish)));
    case 'fewest-splits':
      return fewestSplits(wishes);
  }
}

const byStock = ({ sources }: Wish): Wish['sources'] => sources.toSorted(([, a], [, b]) => b - a);

/** From one location if one suffices, else from as many as it takes, in the given order. */
function take({ sku, units }: Wish, sources: Wish['sources']): Pick[] {
  if (units === 0) return [];
  const single = sources.find(([, available]) => available >= units);
  if (single !== undefined) return [{ sku, locationId: single[0], quantity: units, backordered: 0 }];
  let missing = units;
  return sources.flatMap(([locationId, available]) => {
    const quantity = Math.min(missing, available);
    missing -= quantity;
    return quantity === 0 ? [] : [{ sku, locationId, quantity, backordered: 0 }];
  });
}

/** Again and again the location that can serve most of the SKUs that are left, each whole; what none can, is split. */
function fewestSplits(wishes: readonly Wish[]): Pick[] {
  const picks: Pick[] = [];
  let open = wishes.filter(({ units }) => units > 0);
  const servedBy = (locationId: string): Wish[] =>
    open.filter(({ units, sources }) => sources.some(([id, left]) => id === locationId && left >= units));
  while (open.length > 0) {
    const candidates = [...new Set(open.flatMap(({ sources }) => sources.map(([id]) => id)))];
    const best = candidates
      .map((locationId) => ({ locationId, served: servedBy(locationId) }))
      .reduce((a, b) => (b.served.length > a.served.length ? b : a), {
        locationId: '',
        served: [] as Wish[],
      });
    if (best.served.length === 0) {
      // None of what is left fits whole anywhere. Places that are used already come first, then the fullest.
      const used = new Set(picks.map(({ locationId }) => locationId));
      const order = (wish: Wish): Wish['sources'] =>
        byStock(wish).toSorted(([a], [b]) => Number(used.has(b)) - Number(used.has(a)));
      return [...picks, ...open.flatMap((wish) => take(wish, order(wish)))];
    }
    const { locationId, served } = best;
    picks.push(...served.map(({ sku, units }) => ({ sku, locationId, quantity: units, backordered: 0 })));
    open = open.filter((wish) => !served.includes(wish));
  }
  return picks;
}
