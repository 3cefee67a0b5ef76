import { invalid, notFound } from '@souk/kernel';
import { levelsOf } from '../domain/demand.ts';
import { type KitComponent, type Location, requireLocation } from '../domain/location.ts';
import { DEFAULT_LOCATION, type StockLevel, type StockTerms } from '../domain/stock.ts';
import type { InventoryPorts } from './ports.ts';

/** What was decided about a SKU. */
export interface StockPolicy extends Omit<StockTerms, 'safetyStock'> {
  readonly sku: string;
  /** Units kept back from sale, by location. */
  readonly safetyStocks: ReadonlyMap<string, number>;
}

/** Opens a location or changes it. */
export async function setLocation(ports: InventoryPorts, location: Location): Promise<void> {
  await ports.books.transact((books) => books.records.saveLocation(location));
  ports.setup.invalidate();
}

/**
 * What was decided about a SKU.
 * @throws DomainError SKU_UNKNOWN
 */
export async function getPolicy(ports: InventoryPorts, sku: string): Promise<StockPolicy> {
  return policyOf(sku, await ports.books.levelsOf([sku]));
}

/**
 * Decides about a SKU, whole. Promises are made at the default location, if it serves orders, and wherever else there is a
 * level of the SKU the same mode holds without units to promise.
 * @throws DomainError LOCATION_UNKNOWN
 */
export async function setPolicy(ports: InventoryPorts, policy: StockPolicy): Promise<StockPolicy> {
  const { sku, safetyStocks, backorderMode, backorderLimit, expectTime, lowStockAt, overstockAt } = policy;
  const setup = await ports.setup.current();
  for (const locationId of safetyStocks.keys()) requireLocation(setup, locationId);
  const levels = await ports.books.transact(async (books) => {
    const keys = [DEFAULT_LOCATION, ...safetyStocks.keys()].map((locationId) => ({ sku, locationId }));
    const before = (await books.openLevels(keys)).get(sku) ?? [];
    const time = ports.clock.now();
    const after = before.map(
      (level): StockLevel => ({
        ...level,
        safetyStock: safetyStocks.get(level.locationId) ?? 0,
        backorderMode,
        backorderLimit: level.locationId === DEFAULT_LOCATION ? backorderLimit : 0,
        expectTime,
        lowStockAt,
        overstockAt,
        version: level.version + 1n,
        updateTime: time,
      }),
    );
    await books.records.setTerms(after, time);
    await books.tell(after.map((level) => ({ type: 'stock-changed', level })));
    return after;
  });
  return policyOf(sku, levels);
}

function policyOf(sku: string, levels: readonly StockLevel[]): StockPolicy {
  const known = levelsOf(new Map([[sku, levels]]), sku);
  const level = known.find(({ locationId }) => locationId === DEFAULT_LOCATION) ?? known[0];
  if (level === undefined) throw new Error('a known SKU has no level');
  const { backorderMode, backorderLimit, expectTime, lowStockAt, overstockAt } = level;
  const safetyStocks = new Map(
    known.filter(({ safetyStock }) => safetyStock > 0).map((one) => [one.locationId, one.safetyStock]),
  );
  return { sku, backorderMode, backorderLimit, expectTime, lowStockAt, overstockAt, safetyStocks };
}

/**
 * What a kit is made of.
 * @throws DomainError KIT_NOT_FOUND
 */
export async function getKit(ports: InventoryPorts, kitSku: string): Promise<readonly KitComponent[]> {
  const components = (await ports.setup.current()).kits.get(kitSku);
  if (components === undefined)
    throw notFound('KIT_NOT_FOUND', `${kitSku} is no kit.`, { metadata: { sku: kitSku } });
  return components;
}

/**
 * Says what a kit is made of; nothing if it is no kit any more.
 * @throws DomainError KIT_INVALID when a component is named twice, or is a kit, or what is a kit has stock or is a component.
 */
export async function setKit(
  ports: InventoryPorts,
  kitSku: string,
  components: readonly KitComponent[],
): Promise<void> {
  ports.setup.invalidate();
  const { kits } = await ports.setup.current();
  const refuse = (sku: string, why: string): never => {
    throw invalid('KIT_INVALID', why, { field: 'components', metadata: { sku } });
  };
  const named = new Set<string>();
  for (const { sku } of components) {
    if (named.has(sku)) refuse(sku, `${sku} is named twice.`);
    if (sku === kitSku || kits.has(sku)) refuse(sku, `${sku} is a kit itself.`);
    named.add(sku);
  }
  if (components.length > 0) {
    const inside = [...kits.values()].some((parts) => parts.some(({ sku }) => sku === kitSku));
    if (inside) refuse(kitSku, `${kitSku} is part of a kit.`);
    if ((await ports.books.levelsOf([kitSku])).length > 0) refuse(kitSku, `${kitSku} has stock of its own.`);
  }
  await ports.books.transact(async (books) => {
    const version = await books.records.saveKit(kitSku, components);
    await books.tell([{ type: 'kit-changed', kitSku, components, version, time: ports.clock.now() }]);
  });
  ports.setup.invalidate();
}
