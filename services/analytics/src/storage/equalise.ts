import type { AnyBulkWriteOperation, Collection } from 'mongodb';
import { type FactDocument, isSameFact } from './fact-document.ts';

const BATCH = 500;

/** How to compare. */
export interface EqualiseOptions {
  /** Live facts that were written after this moment and that the rebuild lacks are newer than it. */
  readonly startTime: Date;
  /** Change nothing. */
  readonly validateOnly: boolean;
}

/**
 * Walks two collections of facts side by side in the order of their ids, counts what differs, and makes `live` equal to
 * `rebuilt`. Neither has to fit into memory.
 */
export async function equalise(
  live: Collection<FactDocument>,
  rebuilt: Collection<FactDocument>,
  { startTime, validateOnly }: EqualiseOptions,
): Promise<{ facts: bigint; differing: bigint }> {
  const [left, right] = [walk(live), walk(rebuilt)];
  const pending: AnyBulkWriteOperation<FactDocument>[] = [];
  const flush = async (atLeast: number): Promise<void> => {
    if (pending.length < atLeast || pending.length === 0) return;
    await live.bulkWrite(pending.splice(0), { ordered: false });
  };
  const mend = async (operation: AnyBulkWriteOperation<FactDocument>): Promise<void> => {
    differing += 1n;
    if (validateOnly) return;
    pending.push(operation);
    await flush(BATCH);
  };
  let facts = 0n;
  let differing = 0n;
  let [has, should] = await Promise.all([left(), right()]);
  while (has !== undefined || should !== undefined) {
    const order = compare(has, should);
    if (should !== undefined && order >= 0) facts += 1n;
    if (order < 0 && has !== undefined) {
      if (has.ingestTime < startTime) await mend({ deleteOne: { filter: { _id: has._id } } });
    } else if (should !== undefined && (has === undefined || order > 0 || !isSameFact(has, should))) {
      const { _id, ...replacement } = should;
      await mend({ replaceOne: { filter: { _id }, replacement, upsert: true } });
    }
    if (order <= 0) has = await left();
    if (order >= 0) should = await right();
  }
  await flush(0);
  return { facts, differing };
}

function walk(collection: Collection<FactDocument>): () => Promise<FactDocument | undefined> {
  const cursor = collection.find({}, { useBigInt64: true, batchSize: 2_000 }).sort({ _id: 1 });
  return async () => (await cursor.next()) ?? undefined;
}

/** Ids as the server orders them: by bytes. What has ended comes last. */
function compare(a: FactDocument | undefined, b: FactDocument | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1;
  return Buffer.compare(Buffer.from(a._id), Buffer.from(b._id));
}
