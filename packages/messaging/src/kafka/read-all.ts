import { newId } from '@souk/kernel';
import type { Kafka, KafkaMessage } from 'kafkajs';
import { settled, type Topics } from './topics.ts';

/** A record as it stands in a topic. */
export interface StoredRecord {
  readonly topic: string;
  readonly partition: number;
  readonly raw: KafkaMessage;
}

const SLICE = 500;

/**
 * Reads topics from their beginning to the end they had when the call came, in the order of each partition, and
 * resolves. Missing topics count as empty. Leaves no consumer group behind.
 */
export async function readAll(
  kafka: Kafka,
  topics: Topics,
  names: readonly string[],
  each: (records: readonly StoredRecord[]) => Promise<void>,
): Promise<void> {
  const open = await topics.withAdmin(async (admin) => {
    const present = new Set(await admin.listTopics());
    const ends = new Map<string, bigint>();
    for (const topic of names.filter((name) => present.has(name))) {
      for (const { partition, low, high } of await settled(() => admin.fetchTopicOffsets(topic))) {
        if (BigInt(high) > BigInt(low)) ends.set(`${topic}/${partition}`, BigInt(high));
      }
    }
    return ends;
  });
  if (open.size === 0) return;

  const groupId = `read-all.${newId()}`;
  const nonEmpty = names.filter((name) => [...open.keys()].some((place) => place.startsWith(`${name}/`)));
  const consumer = kafka.consumer({ groupId, allowAutoTopicCreation: false, maxWaitTimeInMs: 500 });
  const end = Promise.withResolvers<undefined>();
  end.promise.catch(() => undefined);
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    end.reject(payload.error);
  });
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: nonEmpty, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: async ({ batch, resolveOffset, heartbeat }) => {
        const { topic, partition } = batch;
        const place = `${topic}/${partition}`;
        const limit = open.get(place) ?? 0n;
        const before = batch.messages.filter(({ offset }) => BigInt(offset) < limit);
        for (let start = 0; start < before.length; start += SLICE) {
          await each(before.slice(start, start + SLICE).map((raw) => ({ topic, partition, raw })));
          await heartbeat();
        }
        const last = batch.lastOffset();
        resolveOffset(last);
        if (BigInt(last) + 1n >= limit) open.delete(place);
        if (open.size === 0) end.resolve(undefined);
      },
    });
    await end.promise;
  } finally {
    await consumer.disconnect().catch(() => undefined);
    await topics.withAdmin((admin) => admin.deleteGroups([groupId])).catch(() => undefined);
  }
}
