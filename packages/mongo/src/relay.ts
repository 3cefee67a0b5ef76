import { newId, pause, type ServiceHost, WakeUp } from '@souk/kernel';
import type { Envelope } from '@souk/messaging';
import type { Collection, Filter, UpdateFilter } from 'mongodb';
import { Gauge, register } from 'prom-client';
import type { Aggregate } from './aggregate.ts';
import { ensureIndexes } from './indexes.ts';
import { dropLease, holdLease, type LeaseDocument } from './lease.ts';
import { fromPendingEvent } from './pending-events.ts';

/** A running relay. */
export interface Relay {
  /** Asks for a round now, after a write; rounds also happen by themselves. */
  kick(): void;
  /** Finishes the round under way and ends. The host calls it on shutdown. */
  stop(): Promise<void>;
}

/** Where relayed events go. */
export interface RelayTarget {
  /** Resolves when the broker has acknowledged all envelopes. */
  publish(envelopes: readonly Envelope[]): Promise<void>;
}

const BATCH = 200;
const POLL_MS = 500;
/** Time between two rounds that found something: what is written meanwhile goes out together. */
const INTERVAL_MS = 100;
const STANDBY_MS = 2_000;
/** Renewed when half of it is gone. */
const LEASE_MS = 15_000;

const age = gauge();

/**
 * Publishes the events that wait in the documents of a collection and removes them once the broker has them: at least once,
 * in order per document. One replica relays at a time, by a lease in the collection `leases`.
 */
export async function relayPendingEvents<T extends Aggregate>(
  host: ServiceHost,
  collection: Collection<T>,
  target: RelayTarget,
): Promise<Relay> {
  await ensureIndexes(collection, [{ key: { pendingSince: 1 }, sparse: true }]);
  const leases = collection.db.collection<LeaseDocument>('leases');
  const lease = `relay:${collection.collectionName}`;
  const owner = newId();
  const wakeUp = new WakeUp();
  const stop = new AbortController();
  const { signal } = stop;
  let faults = 0;
  let heldUntil = 0;

  const rounds = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        if (Date.now() > heldUntil - LEASE_MS / 2) {
          const asked = Date.now();
          heldUntil = (await holdLease(leases, lease, owner, LEASE_MS)) ? asked + LEASE_MS : 0;
        }
        const leading = heldUntil > 0;
        const count = leading ? await relayBatch(collection, target) : 0;
        faults = 0;
        if (count === BATCH) continue;
        if (count > 0) await pause(INTERVAL_MS, signal);
        await wakeUp.sleep(leading ? POLL_MS : STANDBY_MS);
      } catch (error) {
        faults += 1;
        heldUntil = 0;
        host.log.warn({ err: error, collection: collection.collectionName }, 'relay: round failed');
        await wakeUp.sleep(Math.min(POLL_MS * 2 ** faults, 10_000));
      }
    }
    await dropLease(leases, lease, owner).catch(() => undefined);
  };

  const running = rounds();
  const end = async (): Promise<void> => {
    stop.abort();
    wakeUp.call();
    await running;
  };
  host.onStop('workers', end);
  return { kick: () => wakeUp.call(), stop: end };
}

/** @returns of how many documents. */
async function relayBatch<T extends Aggregate>(
  collection: Collection<T>,
  target: RelayTarget,
): Promise<number> {
  const waiting: Filter<Aggregate> = { pendingSince: { $gt: new Date(0) } };
  const documents = await collection
    .find(waiting as unknown as Filter<T>)
    .project<Pick<Aggregate, '_id' | 'pending' | 'pendingSince'>>({ pending: 1, pendingSince: 1 })
    .sort({ pendingSince: 1 })
    .limit(BATCH)
    .toArray();
  const oldest = documents[0]?.pendingSince;
  age.set(
    { collection: collection.collectionName },
    oldest === undefined ? 0 : Math.max(0, (Date.now() - oldest.getTime()) / 1_000),
  );
  if (documents.length === 0) return 0;
  const events = documents.flatMap((document) => document.pending ?? []);
  await target.publish(events.map(fromPendingEvent));
  const ids = documents.map((document) => document._id);
  const relayed: UpdateFilter<Aggregate> = {
    $pull: { pending: { id: { $in: events.map(({ id }) => id) } } },
  };
  await collection.bulkWrite([
    {
      updateMany: {
        filter: { _id: { $in: ids } } as unknown as Filter<T>,
        update: relayed as unknown as UpdateFilter<T>,
      },
    },
    // A document that got another event meanwhile keeps its mark.
    {
      updateMany: {
        filter: { _id: { $in: ids }, pending: { $size: 0 } } as unknown as Filter<T>,
        update: { $unset: { pendingSince: '' } } as unknown as UpdateFilter<T>,
      },
    },
  ]);
  return documents.length;
}

function gauge(): Gauge<'collection'> {
  const name = 'souk_mongo_pending_events_age_seconds';
  const known = register.getSingleMetric(name);
  if (known instanceof Gauge) return known;
  return new Gauge({
    name,
    help: 'Age of the oldest event that waits to be relayed',
    labelNames: ['collection'],
  });
}
