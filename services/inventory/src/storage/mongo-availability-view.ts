import { isDuplicateKey, type Mongo } from '@souk/mongo';
import { type AnyBulkWriteOperation, MongoBulkWriteError } from 'mongodb';
import type { AvailabilityView } from '../app/ports.ts';
import { availabilityOf } from '../domain/availability.ts';
import type { StockLevel } from '../domain/stock.ts';

/** What a SKU's document says about one location. */
interface LevelDocument {
  readonly onHand: number;
  readonly reserved: number;
  readonly damaged: number;
  readonly version: bigint | number;
  readonly position: bigint | number;
  readonly updateTime: Date;
}

/** One document per SKU, so that a change is one atomic write. */
interface AvailabilityDocument {
  readonly _id: string;
  readonly levels: Readonly<Record<string, LevelDocument>>;
}

/** The read model in MongoDB, collection `availability`. */
export function mongoAvailabilityView(mongo: Mongo): AvailabilityView {
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
      const documents = await find(skus);
      return new Map(
        documents.map((document) => [document._id, availabilityOf(document._id, toLevels(document))]),
      );
    },
    apply: (levels) => write(levels, '$lt'),
    overwrite: (levels) => write(levels, '$lte'),
    levelsOf: async (skus) => (await find(skus)).flatMap(toLevels),
    async pageSkus(after, limit) {
      const documents = await collection
        .find(after === undefined ? {} : { _id: { $gt: after } }, { projection: { _id: 1 } })
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
  const { sku, locationId, onHand, reserved, damaged, version, position, updateTime } = level;
  const path = `levels.${locationId}`;
  return {
    updateOne: {
      filter: {
        _id: sku,
        $or: [{ [path]: { $exists: false } }, { [`${path}.version`]: { [beats]: version } }],
      },
      update: { $set: { [path]: { onHand, reserved, damaged, version, position, updateTime } } },
      upsert,
    },
  };
}

function isOnlyDuplicates(error: unknown): boolean {
  if (!(error instanceof MongoBulkWriteError)) return isDuplicateKey(error);
  const failures = Array.isArray(error.writeErrors) ? error.writeErrors : [error.writeErrors];
  return failures.length > 0 && failures.every(isDuplicateKey);
}

function toLevels({ _id, levels }: AvailabilityDocument): StockLevel[] {
  return Object.entries(levels).map(([locationId, level]) => ({
    sku: _id,
    locationId,
    onHand: level.onHand,
    reserved: level.reserved,
    damaged: level.damaged,
    version: BigInt(level.version),
    position: BigInt(level.position),
    updateTime: level.updateTime,
  }));
}
