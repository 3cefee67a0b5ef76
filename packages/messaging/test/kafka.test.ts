import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  PaymentCapturedSchema,
  PaymentVoidedSchema,
} from '@souk/gen/souk/payment/events/v1/payment_events_pb';
import { newId } from '@souk/kernel';
import { eventually } from '@souk/testing';
import {
  connectKafka,
  destinationOf,
  type Envelope,
  fact,
  type KafkaBroker,
  on,
  onBatch,
} from '../src/index.ts';
import { connectionCutter, type TestHost, testHost } from './test-host.ts';

const cut = connectionCutter();
let host: TestHost;
let kafka: KafkaBroker;

beforeAll(() => {
  host = testHost();
  kafka = connectKafka(host);
});

afterAll(async () => {
  await host.stop();
});

const captured = (paymentId: string, version: number, subject = paymentId): Envelope =>
  fact(host, PaymentCapturedSchema, { paymentId, version: BigInt(version) }, { subject });

describe('facts over Kafka', () => {
  it('arrive in order per subject, with their headers, and skip types that nobody asked for', async () => {
    const id = newId();
    const seen: bigint[] = [];
    const metas: { id: string; source: string; subject: string }[] = [];
    await kafka.publish([
      captured(id, 1),
      fact(host, PaymentVoidedSchema, { paymentId: id }, { subject: id }),
      captured(id, 2),
      captured(id, 3),
    ]);
    kafka.consume({
      group: 'order',
      handlers: [
        on(PaymentCapturedSchema, (message, meta) => {
          if (message.paymentId !== id) return Promise.resolve();
          seen.push(message.version);
          metas.push(meta);
          return Promise.resolve();
        }),
      ],
    });
    await eventually(() => {
      expect(seen).toEqual([1n, 2n, 3n]);
    });
    expect(metas[0]).toMatchObject({ source: 'payment', subject: id });
  });

  it('retries in place, then buries poison with its reason, and goes on; a replay reaches only the group that gave up', async () => {
    const poison = newId();
    const healthy = newId();
    let cured = false;
    const attempts: number[] = [];
    const healed: string[] = [];
    const bystander: string[] = [];
    kafka.consume({
      group: 'fragile',
      retryDelaysMs: [20, 20],
      handlers: [
        on(PaymentCapturedSchema, ({ paymentId }, meta) => {
          if (paymentId !== poison && paymentId !== healthy) return Promise.resolve();
          if (paymentId === poison && !cured) {
            attempts.push(meta.attempt);
            throw new TypeError('cannot digest this');
          }
          healed.push(paymentId);
          return Promise.resolve();
        }),
      ],
    });
    kafka.consume({
      group: 'bystander',
      handlers: [
        on(PaymentCapturedSchema, ({ paymentId }) => {
          if (paymentId === poison) bystander.push(paymentId);
          return Promise.resolve();
        }),
      ],
    });
    await kafka.publish([captured(poison, 1), captured(healthy, 1, poison)]);
    await eventually(() => {
      expect(healed).toEqual([healthy]);
      expect(bystander).toEqual([poison]);
    });
    expect(attempts).toEqual([1, 2, 3]);

    const topic = destinationOf(host, PaymentCapturedSchema);
    expect(await kafka.listTopicsWithDeadLetters()).toEqual([topic]);
    const [letter, ...others] = await kafka.listDeadLetters(topic);
    expect(others).toEqual([]);
    expect(letter).toMatchObject({
      subject: poison,
      attempts: 3,
      reason: 'TypeError: cannot digest this',
      consumer: `${host.namespace}.payment.fragile`,
    });

    cured = true;
    expect(await kafka.replayDeadLetters(topic, { ids: [letter?.id ?? ''] })).toEqual({
      replayed: 1,
      kept: 0,
    });
    await eventually(() => {
      expect(healed).toEqual([healthy, poison]);
    });
    expect(await kafka.listDeadLetters(topic)).toEqual([]);
    expect(bystander).toEqual([poison]);
  });

  it('waits out an outage instead of burying what comes meanwhile', async () => {
    const id = newId();
    let down = 5;
    const seen: string[] = [];
    kafka.consume({
      group: 'dependent',
      retryDelaysMs: [],
      handlers: [
        on(PaymentCapturedSchema, ({ paymentId }) => {
          if (paymentId !== id) return Promise.resolve();
          if (down-- > 0) throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
          seen.push(paymentId);
          return Promise.resolve();
        }),
      ],
    });
    await kafka.publish([captured(id, 1)]);
    await eventually(() => {
      expect(seen).toEqual([id]);
    });
  });

  it('handles batches, and finds the one poisonous message in a batch', async () => {
    const good = Array.from({ length: 20 }, () => newId());
    const bad = newId();
    const seen = new Set<string>();
    const sizes: number[] = [];
    kafka.consume({
      group: 'batched',
      retryDelaysMs: [],
      batch: onBatch([PaymentCapturedSchema, PaymentVoidedSchema], (received) => {
        sizes.push(received.length);
        if (received.some(({ message }) => message.paymentId === bad)) throw new Error('bad one');
        for (const { message } of received) {
          if (message.$typeName === 'souk.payment.events.v1.PaymentCaptured') seen.add(message.paymentId);
        }
        return Promise.resolve();
      }),
    });
    await kafka.publish([...good.slice(0, 10), bad, ...good.slice(10)].map((id) => captured(id, 1)));
    await eventually(() => {
      expect(good.filter((id) => !seen.has(id))).toEqual([]);
    });
    expect(Math.max(...sizes)).toBeGreaterThan(1);
    await eventually(async () => {
      const letters = await kafka.listDeadLetters(destinationOf(host, PaymentCapturedSchema));
      expect(letters.map(({ subject }) => subject)).toContain(bad);
    });
  });

  it('loses nothing and keeps order when its connections are cut', async () => {
    const id = newId();
    const port = Number(host.engines.kafka[0]?.split(':')[1]);
    const seen: number[] = [];
    kafka.consume({
      group: 'survivor',
      handlers: [
        on(PaymentCapturedSchema, ({ paymentId, version }) => {
          if (paymentId === id && !seen.includes(Number(version))) seen.push(Number(version));
          return Promise.resolve();
        }),
      ],
    });
    const wanted = Array.from({ length: 300 }, (_, index) => index + 1);
    for (const version of wanted) {
      const envelope = captured(id, version);
      // As the outbox relay does: the same envelope again until it is acknowledged.
      await eventually(() => kafka.publish([envelope]));
      if (version % 100 === 50) expect(cut(port)).toBeGreaterThan(0);
    }
    await eventually(
      () => {
        expect(seen).toEqual(wanted);
      },
      { withinMs: 40_000 },
    );
  });

  it('reads a topic from its beginning to its end for a rebuild', async () => {
    let count = 0;
    await kafka.readAll({
      handlers: [
        on(PaymentVoidedSchema, () => {
          count++;
          return Promise.resolve();
        }),
      ],
    });
    expect(count).toBe(1);
  });
});
