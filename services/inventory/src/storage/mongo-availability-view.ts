import { isDuplicateKey, type Mongo } from '@souk/mongo';
import { type AnyBulkWriteOperation, MongoBulkWriteError } from 'mongodb';
import type { AvailabilityView, SetupSource } from '../app/ports.ts';
import { type Availability, availabilityOf, kitAvailability } from '../domain/availability.ts';
import type { KitComponent } from '../domain/location.ts';
import { BACKORDER_MODES, type StockLevel } from '../domain/stock.ts';
import { oneOf } from './rows.ts';

/** What a SKU's document says about one location. */
interface LevelDocument {
  readonly onHand: number;
  readonly reserved: number;
  readonly damaged: number;
  readonly version: bigint | number;
  readonly position: bigint | number;
  readonly updateTime: Date;
  readonly incoming?: number;
  readonly backordered?: number;
  readonly safetyStock?: number;
  readonly backorderMode?: string;
  readonly backorderLimit?: number;
  readonly expectTime?: Date | null;
}

/** One document per SKU, so that a change is one atomic write. */
interface AvailabilityDocument {
  readonly _id: string;
  readonly levels?: Readonly<Record<string, LevelDocument>>;
  /** What a kit is made of; absent if it is none. */
  readonly components?: readonly KitComponent[];
  readonly kitVersion?: bigint | number;
}

/** The read model in MongoDB, collection `availability`. */
export function mongoAvailabilityView(mongo: Mongo, setup: SetupSource): AvailabilityView {
  const collection = mongo.db.collection<AvailabilityDocument>('availability');

  /** Writes levels that beat what is there by the given comparison, then those that lost a race to be first. */
  const write = async (levels: readonly StockLevel[], beats: '$lt' | '$lte'): Promise<void> => {
    if (levels.length === 0) return;
    try {
      await collection.bulkWrite(
        levels.map((level) => update(level, beats, true)),
        { ordered: false },
      );
    } catch (error) {
      // An upsert whose filter finds nothing because the document is newer, or just made by another, collides.
      if (!isOnlyDuplicates(error)) throw error;
      await collection.bulkWrite(
        levels.map((level) => update(level, beats, false)),
        { ordered: false },
      );
    }
  };
  const find = async (skus: readonly string[]): Promise<AvailabilityDocument[]> =>
    skus.length === 0 ? [] : collection.find({ _id: { $in: [...skus] } }).toArray();

  return {
    async get(skus) {
      const [documents, { locations }] = await Promise.all([find(skus), setup.current()]);
      const closed = new Set(
        locations.filter(({ isActive }) => !isActive).map(({ locationId }) => locationId),
      );
      const availability = (document: AvailabilityDocument): Availability =>
        availabilityOf(
          document._id,
          toLevels(document).filter(({ locationId }) => !closed.has(locationId)),
        );
      const kits = documents.filter(({ components = [] }) => components.length > 0);
      const found = new Map(documents.map((document) => [document._id, availability(document)]));
      const parts = new Set(kits.flatMap(({ components = [] }) => components.map(({ sku }) => sku)));
      const known = new Map(found);
      for (const document of await find([...parts].filter((sku) => !found.has(sku))))
        known.set(document._id, availability(document));
      for (const { _id, components = [], kitVersion = 0 } of kits)
        found.set(_id, kitAvailability(_id, components, BigInt(kitVersion), known));
      // A former kit has a document, but neither levels nor components.
      for (const { _id, levels, components = [] } of documents)
        if (levels === undefined && components.length === 0) found.delete(_id);
      return found;
    },
    async applyKit({ kitSku, components, version }) {
      const newer = { $or: [{ kitVersion: { $exists: false } }, { kitVersion: { $lt: version } }] };
      try {
        await collection.updateOne(
          { _id: kitSku, ...newer },
          { $set: { components, kitVersion: version } },
          { upsert: true },
        );
      } catch (error) {
        // It is newer already.
        if (!isDuplicateKey(error)) throw error;
      }
    },
    apply: (levels) => write(levels, '$lt'),
    overwrite: (levels) => write(levels, '$lte'),
    levelsOf: async (skus) => (await find(skus)).flatMap(toLevels),
    async pageSkus(after, limit) {
      const documents = await collection
        .find(
          { levels: { $exists: true }, ...(after === undefined ? {} : { _id: { $gt: after } }) },
          { projection: { _id: 1 } },
        )
        .sort({ _id: 1 })
        .limit(limit)
        .toArray();
      return documents.map((document) => document._id);
    },
    async remove(skus) {
      if (skus.length > 0) await collection.deleteMany({ _id: { $in: [...skus] } });
    },
  };
}

function update(
  level: StockLevel,
  beats: '$lt' | '$lte',
  upsert: boolean,
): AnyBulkWriteOperation<AvailabilityDocument> {
  const { sku, locationId, onHand, reserved, damaged, incoming, backordered, safetyStock } = level;
  const { backorderMode, backorderLimit, expectTime = null, version, position, updateTime } = level;
  const units = { onHand, reserved, damaged, incoming, backordered, safetyStock };
  const terms = { backorderMode, backorderLimit, expectTime };
  const path = `levels.${locationId}`;
  return {
    updateOne: {
      filter: {
        _id: sku,
        $or: [{ [path]: { $exists: false } }, { [`${path}.version`]: { [beats]: version } }],
      },
      update: { $set: { [path]: { ...units, ...terms, version, position, updateTime } } },
      upsert,
    },
  };
}

function isOnlyDuplicates(error: unknown): boolean {
  if (!(error instanceof MongoBulkWriteError)) return isDuplicateKey(error);
  const failures = Array.isArray(error.writeErrors) ? error.writeErrors : [error.writeErrors];
  return failures.length > 0 && failures.every(isDuplicateKey);
}

function toLevels({ _id, levels = {} }: AvailabilityDocument): StockLevel[] {
  return Object.entries(levels).map(([locationId, level]) => ({
    sku: _id,
    locationId,
    onHand: level.onHand,
    reserved: level.reserved,
    damaged: level.damaged,
    incoming: level.incoming ?? 0,
    backordered: level.backordered ?? 0,
    safetyStock: level.safetyStock ?? 0,
    backorderMode: oneOf(BACKORDER_MODES, level.backorderMode ?? 'none'),
    backorderLimit: level.backorderLimit ?? 0,
    expectTime: level.expectTime ?? undefined,
    lowStockAt: undefined,
    overstockAt: undefined,
    version: BigInt(level.version),
    position: BigInt(level.position),
    updateTime: level.updateTime,
  }));
}
