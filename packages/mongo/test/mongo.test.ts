import { create } from '@bufbuild/protobuf';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MoneySchema } from '@souk/gen/google/type/money_pb';
import { DomainError, newId, type ServiceHost, systemClock } from '@souk/kernel';
import type { Envelope } from '@souk/messaging';
import {
  type Aggregate,
  ensureIndexes,
  holdLease,
  isDuplicateKey,
  type LeaseDocument,
  type Mongo,
  onceByRequestId,
  openMongo,
  relayPendingEvents,
  saveNext,
} from '@souk/mongo';
import { eventually, testEngines, testNamespace } from '@souk/testing';

interface Thing extends Aggregate {
  name: string;
  note?: string | undefined;
}

const silent = () => undefined;

function envelope(subject: string, sequence: number): Envelope {
  return {
    id: newId(),
    type: 'souk.test.events.v1.Happened',
    source: 'test',
    subject,
    time: new Date(),
    destination: { kind: 'fact', topic: 'test' },
    payload: Uint8Array.of(sequence),
  };
}

describe('@souk/mongo', () => {
  const stops: (() => Promise<void>)[] = [];
  let mongo: Mongo;
  let host: ServiceHost;

  beforeAll(() => {
    host = {
      name: 'things',
      namespace: testNamespace(),
      log: { debug: silent, info: silent, warn: silent, error: silent },
      clock: systemClock,
      engines: testEngines(),
      onStop: (_phase, stop) => void stops.push(stop),
      healthCheck: silent,
    };
    mongo = openMongo(host);
  });
  afterAll(async () => {
    await mongo.db.dropDatabase();
    for (const stop of stops.reverse()) await stop();
  });

  it('lets one of many writers of a version win, and none create twice', async () => {
    const things = mongo.db.collection<Thing>('things');
    const create1 = () => saveNext(things, { _id: 'a', version: 1, name: 'first', note: 'x' });
    expect((await Promise.all([create1(), create1()])).filter(Boolean)).toHaveLength(1);
    const writers = Array.from({ length: 10 }, (_, index) =>
      saveNext(things, { _id: 'a', version: 2, name: `writer ${index}`, note: undefined }),
    );
    expect((await Promise.all(writers)).filter(Boolean)).toHaveLength(1);
    expect(await things.findOne({ _id: 'a' })).toEqual({
      _id: 'a',
      version: 2,
      name: expect.stringMatching(/^writer/),
    });
  });

  it('tells a taken unique value from a lost race', async () => {
    const named = mongo.db.collection<Thing>('named');
    await ensureIndexes(named, [{ key: { name: 1 }, unique: true }]);
    await saveNext(named, { _id: 'a', version: 1, name: 'same' });
    const second = saveNext(named, { _id: 'b', version: 1, name: 'same' });
    expect(isDuplicateKey(await second.catch((error: unknown) => error))).toBe(true);
  });

  it('relays every event at least once and in order per document, also after the broker failed', async () => {
    const sources = mongo.db.collection<Thing>('sources');
    const published: Envelope[] = [];
    let failures = 2;
    const relay = await relayPendingEvents(host, sources, {
      publish: async (envelopes) => {
        if (failures-- > 0) throw new Error('the broker is away');
        published.push(...envelopes);
      },
    });
    const ids = Array.from({ length: 20 }, (_, index) => `d${index}`);
    for (let version = 1; version <= 3; version += 1) {
      await Promise.all(
        ids.map((_id) => saveNext(sources, { _id, version, name: 'n' }, [envelope(_id, version)])),
      );
      relay.kick();
    }
    await eventually(() => expect(new Set(published.map(({ id }) => id)).size).toBe(60));
    for (const id of ids) {
      const order = published.filter(({ subject }) => subject === id).map(({ payload }) => payload[0]);
      expect([...new Set(order)]).toEqual([1, 2, 3]);
    }
    await eventually(async () =>
      expect(await sources.countDocuments({ pendingSince: { $exists: true } })).toBe(0),
    );
    expect((await sources.findOne({ _id: 'd0' }))?.pending).toEqual([]);
    await relay.stop();
  });

  it('runs an effect once per request id, answers repeats, and forgets failures', async () => {
    let runs = 0;
    const request = { scope: 's', requestId: newId(), fingerprint: 'f', schema: MoneySchema };
    const effect = () => Promise.resolve(create(MoneySchema, { units: BigInt((runs += 1)) }));
    const first = await onceByRequestId(mongo.db, request, effect);
    expect(await onceByRequestId(mongo.db, request, effect)).toEqual(first);
    expect(runs).toBe(1);
    const reused = onceByRequestId(mongo.db, { ...request, fingerprint: 'g' }, effect);
    await expect(reused).rejects.toMatchObject({ reason: 'REQUEST_ID_REUSED' });

    const next = { ...request, requestId: newId() };
    await expect(onceByRequestId(mongo.db, next, () => Promise.reject(new Error('no')))).rejects.toThrow(
      'no',
    );
    const parallel = await Promise.allSettled(
      Array.from({ length: 5 }, () => onceByRequestId(mongo.db, next, effect)),
    );
    const refused = parallel.filter((result) => result.status === 'rejected');
    expect(
      refused.every(({ reason }) => reason instanceof DomainError && reason.reason === 'REQUEST_IN_FLIGHT'),
    ).toBe(true);
    expect(runs).toBe(2);
  });

  it('gives a lease to one owner until it runs out', async () => {
    const leases = mongo.db.collection<LeaseDocument>('test-leases');
    expect(await holdLease(leases, 'l', 'a', 1_000)).toBe(true);
    expect(await holdLease(leases, 'l', 'b', 1_000)).toBe(false);
    expect(await holdLease(leases, 'l', 'a', 1_000)).toBe(true);
    expect(await holdLease(leases, 'l', 'b', 1_000, new Date(Date.now() + 2_000))).toBe(true);
  });
});
