import type { ServiceHost } from '@souk/kernel';
import type { DeadLetter, ReplayResult, ReplaySelection } from '../dead-letter.ts';
import { DEAD_LETTER_SUFFIX, destinationOf } from '../destination.ts';
import type { Envelope } from '../envelope.ts';
import type { BatchHandler, Handler } from '../handler.ts';
import { decodeHeaders, encodeHeaders, textHeaders } from '../headers.ts';
import { kafkaClient } from './client.ts';
import { type Consumption, superviseConsumer } from './consumption.ts';
import { listTopicDeadLetters, replayTopicDeadLetters } from './dead-letters.ts';
import { type OutgoingRecord, recordPublisher } from './publisher.ts';
import { readAll } from './read-all.ts';
import { type TopicOptions, topicsOf } from './topics.ts';

/** What a consumer group does. Topics follow from the handled messages' packages. */
export type ConsumeFacts = {
  /** Name of the group within the service, for example `projection`; the full name is `<namespace>.<service>.<group>`. */
  readonly group: string;
  /** Waits between the retries of a message before it goes to the dead letters; 100 ms, 500 ms, 2 s if left out. */
  readonly retryDelaysMs?: readonly number[];
  /** Partitions handled at the same time, 3 if left out; within a partition order is kept. */
  readonly concurrency?: number;
} & FactHandling;

/** Either a handler per type or one for batches. */
export type FactHandling = { readonly handlers: readonly Handler[] } | { readonly batch: BatchHandler };

/** The event log. */
export interface KafkaBroker {
  /** Writes facts in order, once, and waits for all replicas. Makes missing topics. */
  publish(envelopes: readonly Envelope[]): Promise<void>;
  /** Starts a consumer that runs until the host stops. Returns at once, whether Kafka is up or not. */
  consume(options: ConsumeFacts): Consumption;
  /** Reads the handled messages' topics from the beginning to their present end: how a read model is rebuilt. */
  readAll(handling: FactHandling, signal?: AbortSignal): Promise<void>;
  /** Makes missing topics and waits for their leaders. */
  ensureTopics(names: readonly string[], options?: TopicOptions): Promise<void>;
  /** Topics of the host's namespace that have had dead letters. */
  listTopicsWithDeadLetters(): Promise<string[]>;
  /** Dead letters of a topic that wait for a replay. */
  listDeadLetters(topic: string): Promise<DeadLetter[]>;
  /** Hands dead letters of a topic back to the group that gave up. */
  replayDeadLetters(topic: string, selection?: ReplaySelection): Promise<ReplayResult>;
  /** Stops consumers and publisher; the host does so by itself. */
  close(): Promise<void>;
}

const RETRY_DELAYS_MS = [100, 500, 2_000];

/** Connects to the host's Kafka lazily: nothing here waits for the broker before it is used. */
export function connectKafka(host: ServiceHost): KafkaBroker {
  const kafka = kafkaClient(host);
  const topics = topicsOf(kafka);
  const publisher = recordPublisher(host, kafka, topics);
  const consumptions = new Set<Consumption>();

  const stopConsumers = async (): Promise<void> => {
    await Promise.all([...consumptions].map((consumption) => consumption.stop()));
    consumptions.clear();
  };
  host.onStop('intake', stopConsumers);
  host.onStop('connections', () => publisher.close());

  return {
    publish: (envelopes) => publisher.send(envelopes.map(toRecord)),
    consume(options) {
      const consumption = superviseConsumer(host, kafka, topics, {
        group: `${host.namespace}.${host.name}.${options.group}`,
        topics: topicsHandled(host, options),
        concurrency: options.concurrency ?? 3,
        retryDelaysMs: options.retryDelaysMs ?? RETRY_DELAYS_MS,
        handlers: byType(options),
        ...('batch' in options ? { batch: options.batch } : {}),
        bury: (record) => publisher.send([record]),
      });
      consumptions.add(consumption);
      return consumption;
    },
    readAll: (handling, signal) => rebuild(handling, signal ?? new AbortController().signal),
    ensureTopics: (names, options) => topics.ensure(names, options),
    async listTopicsWithDeadLetters() {
      const names = await topics.withAdmin((admin) => admin.listTopics());
      return names
        .filter((name) => name.startsWith(`${host.namespace}.`) && name.endsWith(DEAD_LETTER_SUFFIX))
        .map((name) => name.slice(0, -DEAD_LETTER_SUFFIX.length))
        .sort();
    },
    listDeadLetters: (topic) => listTopicDeadLetters(kafka, topics, topic),
    replayDeadLetters: (topic, selection) =>
      replayTopicDeadLetters(kafka, topics, publisher, topic, selection),
    async close() {
      await stopConsumers();
      await publisher.close();
    },
  };

  async function rebuild(handling: FactHandling, signal: AbortSignal): Promise<void> {
    const handlers = byType(handling);
    const batch = 'batch' in handling ? handling.batch : undefined;
    await readAll(kafka, topics, topicsHandled(host, handling), async (records) => {
      signal.throwIfAborted();
      const items = records.flatMap(({ topic, partition, raw }) => {
        const headers = decodeHeaders(textHeaders(raw.headers));
        if (headers === undefined) return [];
        const position = { partition, offset: BigInt(raw.offset) };
        const meta = { ...headers, from: topic, attempt: 1, position, signal };
        return [{ payload: raw.value ?? new Uint8Array(), meta }];
      });
      for (const { payload, meta } of items) await handlers.get(meta.type)?.handle(payload, meta);
      const wanted = items.filter(({ meta }) =>
        batch?.schemas.some(({ typeName }) => typeName === meta.type),
      );
      if (wanted.length > 0) await batch?.handle(wanted);
    });
  }
}

function toRecord(envelope: Envelope): OutgoingRecord {
  if (envelope.destination.kind !== 'fact') throw new Error(`${envelope.type} is not a fact`);
  return {
    topic: envelope.destination.topic,
    message: {
      key: envelope.subject,
      value: Buffer.from(envelope.payload.buffer, envelope.payload.byteOffset, envelope.payload.byteLength),
      headers: encodeHeaders(envelope),
      timestamp: String(envelope.time.getTime()),
    },
  };
}

function byType(handling: FactHandling): ReadonlyMap<string, Handler> {
  const handlers = 'handlers' in handling ? handling.handlers : [];
  return new Map(handlers.map((handler) => [handler.schema.typeName, handler]));
}

function topicsHandled(host: ServiceHost, handling: FactHandling): string[] {
  const schemas =
    'batch' in handling ? handling.batch.schemas : handling.handlers.map(({ schema }) => schema);
  return [...new Set(schemas.map((schema) => destinationOf(host, schema)))];
}
