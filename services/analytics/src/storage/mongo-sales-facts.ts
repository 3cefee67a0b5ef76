import { newId, type Clock } from '@souk/kernel';
import {
  dropLease,
  ensureIndexes,
  holdLease,
  isDuplicateKey,
  type LeaseDocument,
  type Mongo,
} from '@souk/mongo';
import type { Collection } from 'mongodb';
import { z } from 'zod';
import type { SalesFacts } from '../app/ports.ts';
import type { SalesFact } from '../domain/sales-fact.ts';
import type { SalesRow } from '../domain/sales-report.ts';
import { type FactDocument, toDocument } from './fact-document.ts';
import { equalise } from './equalise.ts';
import { rowsPipeline, totalsPipeline } from './report-pipeline.ts';

const LEASE = 'rebuild-sales';
/** Longer than a rebuild may take by its contract. */
const LEASE_MS = 180_000;

/** 64-bit sums; whatever the server makes of a sum of nothing. */
const sum = z.union([z.bigint(), z.number().transform(BigInt)]);
const row = z.object({
  _id: z.object({
    day: z.string().default(''),
    sku: z.string().default(''),
    country: z.string().default(''),
    currency: z.string(),
  }),
  gross: sum,
  discount: sum,
  refund: sum,
  tax: sum,
  units: sum,
  returnedUnits: sum,
  orders: sum,
});

/** Sales facts in MongoDB, collection `sales_facts`. */
export async function mongoSalesFacts(mongo: Mongo, clock: Clock): Promise<SalesFacts> {
  const live = mongo.db.collection<FactDocument>('sales_facts');
  const leases = mongo.db.collection<LeaseDocument>('leases');
  await ensureIndexes(live, [{ key: { day: 1 } }, { key: { sku: 1, day: 1 } }, { key: { occurTime: -1 } }]);

  const report = async (pipeline: object[]): Promise<SalesRow[]> => {
    const documents = await live.aggregate(pipeline, { useBigInt64: true }).toArray();
    return documents.map((document) => {
      const { _id, ...figures } = row.parse(document);
      return { ..._id, ...figures };
    });
  };

  return {
    add: (facts) => insertNew(live, facts, clock.now()),
    rows: (query, page) => report(rowsPipeline(query, page)),
    totals: (query) => report(totalsPipeline(query)),
    async newestTime() {
      const newest = await live
        .find({}, { projection: { occurTime: 1 } })
        .sort({ occurTime: -1 })
        .limit(1)
        .next();
      return newest?.occurTime;
    },
    async startRebuild() {
      const owner = newId();
      if (!(await holdLease(leases, LEASE, owner, LEASE_MS, clock.now()))) return undefined;
      const startTime = clock.now();
      const shadow = mongo.db.collection<FactDocument>('sales_facts_rebuild');
      // What a rebuild that crashed has left.
      await shadow.deleteMany({});
      return {
        add: (facts) => insertNew(shadow, facts, startTime),
        finish: (validateOnly) => equalise(live, shadow, { startTime, validateOnly }),
        async end() {
          await shadow.deleteMany({});
          await dropLease(leases, LEASE, owner);
        },
      };
    },
  };
}

/** Inserts facts; those that are there already stay as they are. */
async function insertNew(
  collection: Collection<FactDocument>,
  facts: readonly SalesFact[],
  now: Date,
): Promise<void> {
  if (facts.length === 0) return;
  try {
    await collection.insertMany(
      facts.map((fact) => toDocument(fact, now)),
      { ordered: false },
    );
  } catch (error) {
    if (!isOnlyDuplicates(error)) throw error;
  }
}

const failures = z.object({ writeErrors: z.array(z.object({ code: z.number() })).min(1) });

function isOnlyDuplicates(error: unknown): boolean {
  const parsed = failures.safeParse(error);
  return parsed.success ? parsed.data.writeErrors.every(isDuplicateKey) : isDuplicateKey(error);
}
