import type { Envelope } from '@souk/messaging';
import type { Collection, Document, Filter, OptionalUnlessRequiredId } from 'mongodb';
import { isDuplicateKey } from './indexes.ts';
import { toPendingEvent, type WithPendingEvents } from './pending-events.ts';

/** A document that is changed as a whole, by one writer at a time. */
export interface Aggregate extends WithPendingEvents {
  _id: string;
  /** Grows by one with every change, from 1. */
  version: number;
}

/** Fields that are not the aggregate's to write. */
const RELAYS_OWN: ReadonlySet<string> = new Set([
  '_id',
  'pending',
  'pendingSince',
] satisfies (keyof Aggregate)[]);

/**
 * Stores the next state of an aggregate together with the events that tell of it, in one atomic write. `next.version` must be
 * one above the version that was read (1 for a new document). Top-level fields that are `undefined` are removed; `pending`
 * events that were not relayed yet stay.
 *
 * @returns false when somebody else changed (or created) the document first: read again and decide anew.
 * @throws the driver's duplicate-key error when a unique index other than `_id` refuses the document.
 */
export async function saveNext<T extends Aggregate>(
  collection: Collection<T>,
  next: T,
  events: readonly Envelope[] = [],
  now: Date = new Date(),
): Promise<boolean> {
  const pending = events.map(toPendingEvent);
  const { _id } = next;
  const fields = Object.fromEntries(Object.entries(next).filter(([name]) => !RELAYS_OWN.has(name)));
  if (next.version === 1) {
    const created = { _id, ...fields, ...(pending.length > 0 ? { pending, pendingSince: now } : {}) };
    try {
      // The generic document type cannot express that `created` is T with its optional event fields.
      await collection.insertOne(created as unknown as OptionalUnlessRequiredId<T>);
      return true;
    } catch (error) {
      if (isDuplicateKey(error) && (await exists(collection, _id))) return false;
      throw error;
    }
  }
  const removed = Object.keys(fields).filter((name) => fields[name] === undefined);
  const update: Document = { $set: { ...fields, ...(pending.length > 0 ? { pendingSince: now } : {}) } };
  if (removed.length > 0) update['$unset'] = Object.fromEntries(removed.map((key) => [key, '']));
  if (pending.length > 0) update['$push'] = { pending: { $each: pending } };
  const result = await collection.updateOne(
    { _id, version: next.version - 1 } as unknown as Filter<T>,
    update,
  );
  return result.matchedCount === 1;
}

async function exists<T extends Aggregate>(collection: Collection<T>, id: string): Promise<boolean> {
  const found = await collection.findOne({ _id: id } as unknown as Filter<T>, { projection: { _id: 1 } });
  return found !== null;
}
