import { type ServiceHost, unavailable } from '@souk/kernel';
import { type Kafka, type Message, Partitioners, type Producer } from 'kafkajs';
import { published } from '../metrics.ts';
import type { Topics } from './topics.ts';

/** A record on its way to a topic. */
export interface OutgoingRecord {
  readonly topic: string;
  readonly message: Message;
}

/** Writes records in order, with one request under way at a time. */
export interface RecordPublisher {
  /** Resolves when all replicas have the records. */
  send(records: readonly OutgoingRecord[]): Promise<void>;
  close(): Promise<void>;
}

const MAX_BATCH = 1_000;
const SEND_TIMEOUT_MS = 30_000;

interface Waiting {
  readonly records: readonly OutgoingRecord[];
  readonly settle: PromiseWithResolvers<undefined>;
}

/**
 * An idempotent producer. Calls that arrive while a request is under way go together in the next one.
 *
 * kafkajs keeps order and writes once only with `idempotent`, one request in flight and acknowledgement by all replicas.
 * After any failure the producer is replaced, because its sequence numbers cannot be trusted any more.
 */
export function recordPublisher(host: ServiceHost, kafka: Kafka, topics: Topics): RecordPublisher {
  const queue: Waiting[] = [];
  let producer: Promise<Producer> | undefined;
  let draining: Promise<void> | undefined;
  let closed = false;

  async function connect(): Promise<Producer> {
    const fresh = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      metadataMaxAge: 60_000,
      retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: Number.MAX_SAFE_INTEGER },
    });
    await fresh.connect();
    return fresh;
  }

  function discard(): void {
    const broken = producer;
    producer = undefined;
    broken
      ?.then((it) => it.disconnect())
      .catch((error: unknown) => {
        host.log.debug({ err: error }, 'discarded producer did not disconnect');
      });
  }

  async function write(records: readonly OutgoingRecord[]): Promise<void> {
    await topics.ensure(records.map(({ topic }) => topic));
    producer ??= connect();
    const live = await producer;
    const byTopic = Map.groupBy(records, ({ topic }) => topic);
    await live.sendBatch({
      acks: -1,
      topicMessages: Array.from(byTopic, ([topic, group]) => ({
        topic,
        messages: group.map(({ message }) => message),
      })),
    });
    for (const [topic, group] of byTopic) published.inc({ destination: topic }, group.length);
  }

  async function drain(): Promise<void> {
    for (let batch = takeBatch(queue); batch.length > 0; batch = takeBatch(queue)) {
      try {
        await withTimeout(write(batch.flatMap(({ records }) => records)));
        for (const { settle } of batch) settle.resolve(undefined);
      } catch (error) {
        discard();
        for (const { settle } of batch) settle.reject(error);
      }
    }
    draining = undefined;
  }

  return {
    async send(records) {
      if (records.length === 0) return;
      if (closed) throw unavailable('MESSAGING_CLOSED', 'the publisher is closed');
      const settle = Promise.withResolvers<undefined>();
      queue.push({ records, settle });
      draining ??= drain();
      await settle.promise;
    },
    async close() {
      closed = true;
      await draining;
      const last = await producer?.catch(() => undefined);
      producer = undefined;
      await last?.disconnect();
    },
  };
}

function takeBatch(queue: Waiting[]): Waiting[] {
  const batch: Waiting[] = [];
  for (
    let size = 0;
    queue[0] !== undefined && (batch.length === 0 || size + queue[0].records.length <= MAX_BATCH);
  ) {
    const next = queue.shift();
    if (next === undefined) break;
    size += next.records.length;
    batch.push(next);
  }
  return batch;
}

// The idempotent producer retries for ever; whoever waits is told after a while and will offer the records again.
async function withTimeout(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(unavailable('KAFKA_UNAVAILABLE', `Kafka did not acknowledge within ${SEND_TIMEOUT_MS} ms`));
    }, SEND_TIMEOUT_MS);
  });
  work.catch(() => undefined);
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
