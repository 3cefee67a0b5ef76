import type { ServiceHost } from '@souk/kernel';
import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import { deadHeaders } from '../dead-letter.ts';
import { deadLetterOf } from '../destination.ts';
import { describeError } from '../failure.ts';
import { type BatchHandler, type Handler, type MessageMeta, UndecodableError } from '../handler.ts';
import { decodeHeaders, textHeaders } from '../headers.ts';
import { age, consumed, lag } from '../metrics.ts';
import { type Failure, retryInPlace } from '../retry.ts';
import { underTrace } from '../trace.ts';
import type { OutgoingRecord } from './publisher.ts';

/** What to do with the messages of a consumer group. */
export interface BatchProcessor {
  /** Full name of the group. */
  readonly group: string;
  readonly handlers: ReadonlyMap<string, Handler>;
  readonly batch?: BatchHandler;
  readonly retryDelaysMs: readonly number[];
  readonly bury: (record: OutgoingRecord) => Promise<void>;
}

interface Item {
  readonly raw: KafkaMessage;
  readonly payload: Uint8Array;
  readonly meta: MessageMeta;
}

/** Header of a replayed message that names the only group it is meant for. */
export const REPLAY_GROUP = 'souk-replay-group';

/**
 * Handles one fetched batch of a partition in order. An offset is resolved only after its message was handled, skipped
 * or written to the dead letters.
 */
export async function processBatch(
  host: ServiceHost,
  processor: BatchProcessor,
  payload: EachBatchPayload,
  signal: AbortSignal,
): Promise<void> {
  const { batch } = payload;
  const consumer = processor.group;
  // A handler may take longer than the session; failures of this timer surface at the next checkpoint.
  const heartbeat = setInterval(() => {
    payload.heartbeat().catch(() => undefined);
  }, 3_000);
  try {
    const size = processor.batch?.maxSize ?? 1;
    for (let start = 0; start < batch.messages.length; start += size) {
      if (!payload.isRunning() || payload.isStale() || signal.aborted) return;
      const slice = batch.messages.slice(start, start + size);
      const items = slice.flatMap((raw) => readItem(processor, batch.topic, batch.partition, raw, signal));
      await handleItems(host, processor, payload, items, signal);
      const last = slice.at(-1);
      if (last === undefined) return;
      payload.resolveOffset(last.offset);
      lag.set(
        { consumer, topic: batch.topic, partition: String(batch.partition) },
        Number(BigInt(batch.highWatermark) - BigInt(last.offset) - 1n),
      );
      await payload.commitOffsetsIfNecessary();
      await payload.heartbeat();
    }
  } finally {
    clearInterval(heartbeat);
  }
}

function readItem(
  processor: BatchProcessor,
  topic: string,
  partition: number,
  raw: KafkaMessage,
  signal: AbortSignal,
): Item[] {
  const headers = textHeaders(raw.headers);
  const decoded = decodeHeaders(headers);
  const type = decoded?.type ?? '';
  const wanted = processor.handlers.has(type) || processor.batch?.schemas.some((it) => it.typeName === type);
  const meantFor = headers[REPLAY_GROUP];
  if (decoded === undefined || wanted !== true || (meantFor !== undefined && meantFor !== processor.group)) {
    consumed.inc({ consumer: processor.group, type: wanted === true ? type : 'other', outcome: 'skipped' });
    return [];
  }
  const position = { partition, offset: BigInt(raw.offset) };
  return [
    {
      raw,
      payload: raw.value ?? new Uint8Array(),
      meta: { ...decoded, from: topic, attempt: 1, position, signal },
    },
  ];
}

async function handleItems(
  host: ServiceHost,
  processor: BatchProcessor,
  payload: EachBatchPayload,
  items: readonly Item[],
  signal: AbortSignal,
): Promise<void> {
  if (items.length === 0) return;
  const { batch } = processor;
  const retry = (
    delaysMs: readonly number[],
    work: (attempt: number) => Promise<void>,
  ): Promise<Failure | undefined> =>
    retryInPlace(work, {
      delaysMs,
      signal,
      checkpoint: async () => {
        if (!payload.isRunning() || payload.isStale()) throw new Error('the partition is no longer ours');
        await payload.heartbeat();
      },
      onRetry: (error, attempt, delayMs) => {
        consumed.inc({ consumer: processor.group, type: items[0]?.meta.type ?? '', outcome: 'retried' });
        host.log.warn(
          {
            consumer: processor.group,
            id: items[0]?.meta.id,
            attempt,
            delayMs,
            reason: describeError(error),
          },
          'handling a message failed and is tried again',
        );
      },
    });

  if (batch !== undefined && items.length > 1) {
    const failure = await retry([], () => batch.handle(items));
    if (failure === undefined) {
      for (const item of items) finish(processor, item);
      return;
    }
  }
  for (const item of items) {
    const failure = await retry(processor.retryDelaysMs, (attempt) =>
      underTrace(item.meta.traceparent, () => handleOne(processor, item, attempt)),
    );
    if (failure === undefined) finish(processor, item);
    else await bury(host, processor, item, failure);
  }
}

async function handleOne(processor: BatchProcessor, item: Item, attempt: number): Promise<void> {
  const meta = { ...item.meta, attempt };
  if (processor.batch !== undefined) return processor.batch.handle([{ payload: item.payload, meta }]);
  const handler = processor.handlers.get(meta.type);
  if (handler === undefined) throw new UndecodableError(`${meta.type} is not handled here`);
  return handler.handle(item.payload, meta);
}

function finish({ group }: BatchProcessor, { meta }: Item): void {
  consumed.inc({ consumer: group, type: meta.type, outcome: 'done' });
  age.observe({ consumer: group }, Math.max(0, Date.now() - meta.time.getTime()) / 1000);
}

async function bury(
  host: ServiceHost,
  processor: BatchProcessor,
  item: Item,
  failure: Failure,
): Promise<void> {
  const { meta, raw } = item;
  const origin = `${meta.from}/${String(meta.position?.partition)}/${raw.offset}`;
  const headers = {
    ...textHeaders(raw.headers),
    ...deadHeaders(processor.group, origin, failure, host.clock.now()),
  };
  await processor.bury({
    topic: deadLetterOf(meta.from),
    message: { key: raw.key, value: raw.value, headers },
  });
  consumed.inc({ consumer: processor.group, type: meta.type, outcome: 'dead' });
  host.log.error(
    { consumer: processor.group, id: meta.id, type: meta.type, origin, reason: describeError(failure.error) },
    'message went to the dead letters',
  );
}
