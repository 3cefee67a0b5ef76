import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SendDeliverySchema } from '@souk/gen/souk/notification/tasks/v1/notification_tasks_pb';
import { newId } from '@souk/kernel';
import { eventually } from '@souk/testing';
import {
  connectRabbit,
  destinationOf,
  type Envelope,
  on,
  type RabbitBroker,
  task,
  type Work,
} from '../src/index.ts';
import { connectionCutter, type TestHost, testHost } from './test-host.ts';

const cut = connectionCutter();
let host: TestHost;
let rabbit: RabbitBroker;
let work: Work;
const handled = new Map<string, number[]>();
const failing = new Map<string, () => void>();

beforeAll(() => {
  host = testHost();
  rabbit = connectRabbit(host);
  work = rabbit.consume({
    concurrency: 20,
    retryDelaysMs: [500, 500],
    handlers: [
      on(SendDeliverySchema, ({ deliveryId }, meta) => {
        handled.set(deliveryId, [...(handled.get(deliveryId) ?? []), meta.attempt]);
        failing.get(deliveryId)?.();
        return Promise.resolve();
      }),
    ],
  });
});

afterAll(async () => {
  await host.stop();
});

const send = (deliveryId: string, delayMs?: number): Envelope =>
  task(host, SendDeliverySchema, { deliveryId }, delayMs === undefined ? {} : { delayMs });

describe('work over RabbitMQ', () => {
  it('is handled once it is confirmed, and a delayed task not before its time', async () => {
    await work.ready;
    const [now, later] = [newId(), newId()];
    const sentAt = Date.now();
    await rabbit.publish([send(later, 1_000), send(now)]);
    await eventually(() => {
      expect(handled.get(now)).toEqual([1]);
    });
    await eventually(() => {
      expect(handled.get(later)).toEqual([1]);
    });
    expect(Date.now() - sentAt).toBeGreaterThanOrEqual(1_000);
  });

  it('is tried again after a delay, then buried with its reason, and comes back by a replay', async () => {
    const id = newId();
    failing.set(id, () => {
      throw new RangeError('no such template');
    });
    await rabbit.publish([send(id)]);
    await eventually(() => {
      expect(handled.get(id)).toEqual([1, 2, 3]);
    });
    const queue = destinationOf(host, SendDeliverySchema);
    const [letter] = await eventually(async () => {
      const letters = await rabbit.listDeadLetters(queue);
      expect(letters).toHaveLength(1);
      return letters;
    });
    expect(letter).toMatchObject({ attempts: 3, reason: 'RangeError: no such template', consumer: queue });

    failing.delete(id);
    expect(await rabbit.replayDeadLetters(queue, { ids: ['another'] })).toEqual({ replayed: 0, kept: 1 });
    expect(await rabbit.replayDeadLetters(queue)).toEqual({ replayed: 1, kept: 0 });
    await eventually(() => {
      expect(handled.get(id)).toEqual([1, 2, 3, 1]);
    });
    expect(await rabbit.listDeadLetters(queue)).toEqual([]);
  });

  it('is not buried while a dependency is down', async () => {
    const id = newId();
    let down = 4;
    failing.set(id, () => {
      if (down-- > 0) throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    });
    await rabbit.publish([send(id)]);
    await eventually(() => {
      expect(handled.get(id)).toEqual([1, 2, 3, 4, 5]);
    });
  });

  it('loses nothing when its connections are cut', async () => {
    const ids = Array.from({ length: 200 }, () => newId());
    const port = Number(new URL(host.engines.rabbitmq).port);
    for (let start = 0; start < ids.length; start += 20) {
      const envelopes = ids.slice(start, start + 20).map((id) => send(id));
      const publishing = eventually(() => rabbit.publish(envelopes));
      if (start % 60 === 0) expect(cut(port)).toBeGreaterThan(0);
      await publishing;
    }
    await eventually(() => {
      expect(ids.filter((id) => !handled.has(id))).toEqual([]);
    });
  });
});
