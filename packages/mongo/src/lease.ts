import type { Collection } from 'mongodb';
import { isDuplicateKey } from './indexes.ts';

/** Who does a piece of work that only one replica may do at a time, and until when. */
export interface LeaseDocument {
  _id: string;
  owner: string;
  until: Date;
}

/**
 * Takes or renews a lease in one atomic write. A holder that stops renewing loses it after `ttlMs`.
 *
 * @returns whether `owner` holds the lease now.
 */
export async function holdLease(
  leases: Collection<LeaseDocument>,
  name: string,
  owner: string,
  ttlMs: number,
  now: Date = new Date(),
): Promise<boolean> {
  try {
    await leases.updateOne(
      { _id: name, $or: [{ owner }, { until: { $lt: now } }] },
      { $set: { owner, until: new Date(now.getTime() + ttlMs) } },
      { upsert: true },
    );
    return true;
  } catch (error) {
    // Somebody else holds it: the filter matched nothing and the upsert met the existing `_id`.
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}

/** Gives a lease up, so that another replica need not wait for it to run out. */
export async function dropLease(
  leases: Collection<LeaseDocument>,
  name: string,
  owner: string,
): Promise<void> {
  await leases.deleteOne({ _id: name, owner });
}
