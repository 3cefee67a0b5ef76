import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceHost } from '@souk/kernel';
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import { deadHeaders } from '../dead-letter.ts';
import { deadLetterOf } from '../destination.ts';
import { describeError, isTransient } from '../failure.ts';
import { type Handler, UndecodableError } from '../handler.ts';
import { decodeHeaders, textHeaders } from '../headers.ts';
import { age, consumed, progress } from '../metrics.ts';
import { underTrace } from '../trace.ts';
import { openLink } from './link.ts';
import type { OutgoingTask, TaskPublisher } from './publisher.ts';
import { declareWorkQueue } from './topology.ts';

/** A running worker. */
export interface Work {
  /** Resolves when the queue is consumed for the first time. */
  readonly ready: Promise<void>;
  /** Takes no more, finishes what is in hand and leaves. */
  stop(): Promise<void>;
}

/** What a worker does. */
export interface WorkerOptions {
  readonly queue: string;
  readonly handlers: ReadonlyMap<string, Handler>;
  /** Most tasks in hand at once. */
  readonly concurrency: number;
  /** Waits between attempts; their number is the number of retries. */
  readonly retryDelaysMs: readonly number[];
}

// Counts attempts that failed for the task's own sake and attempts in all.
const FAILURES = 'souk-failures';
const ATTEMPT = 'souk-attempt';
const DRAIN_TIMEOUT_MS = 10_000;

/**
 * Consumes a work queue. A task is acknowledged only after it was handled, or after its copy was confirmed in a delay
 * queue (to be tried again) or in the dead letters.
 */
export function startWorker(host: ServiceHost, publisher: TaskPublisher, options: WorkerOptions): Work {
  const { queue } = options;
  const stopping = new AbortController();
  const inHand = new Set<Promise<void>>();
  const joined = Promise.withResolvers<undefined>();
  let cancel: () => Promise<void> = () => Promise.resolve();

  const link = openLink(host, `work ${queue}`, async (connection: ChannelModel, reset) => {
    const channel = await connection.createChannel();
    channel.on('error', reset);
    channel.on('close', () => {
      reset(new Error('consuming channel closed'));
    });
    await declareWorkQueue(channel, queue);
    await channel.prefetch(options.concurrency);
    const { consumerTag } = await channel.consume(queue, (message) => {
      progress.set({ consumer: queue }, Date.now() / 1000);
      if (message === null) {
        reset(new Error('the broker has cancelled the consumer'));
        return;
      }
      const work = take(channel, message).finally(() => inHand.delete(work));
      inHand.add(work);
    });
    cancel = async () => {
      await channel.cancel(consumerTag);
    };
    joined.resolve(undefined);
  });

  async function take(channel: Channel, message: ConsumeMessage): Promise<void> {
    try {
      const next = await handle(host, options, message, stopping.signal);
      if (next !== undefined) await publisher.send([next]);
      channel.ack(message);
    } catch (error) {
      // The channel is gone, or the copy could not be written: the task stays in its queue and comes again.
      host.log.warn({ queue, reason: describeError(error) }, 'a task could not be settled and comes again');
      await sleep(500);
      try {
        channel.nack(message, false, true);
      } catch {
        // The broker has already taken it back with the channel.
      }
    }
  }

  return {
    ready: joined.promise,
    async stop() {
      stopping.abort();
      await cancel().catch(() => undefined);
      await Promise.race([Promise.all(inHand), sleep(DRAIN_TIMEOUT_MS, undefined, { ref: false })]);
      await link.close();
      joined.resolve(undefined);
    },
  };
}

/** Handles a task; returns the copy that has to be written before it is acknowledged, if any. */
async function handle(
  host: ServiceHost,
  { queue, handlers, retryDelaysMs }: WorkerOptions,
  { content, properties }: ConsumeMessage,
  signal: AbortSignal,
): Promise<OutgoingTask | undefined> {
  const headers = textHeaders(properties.headers);
  const decoded = decodeHeaders(headers);
  const type = decoded?.type ?? 'unknown';
  const attempt = Number(headers[ATTEMPT] ?? 0) + 1;
  const failed = Number(headers[FAILURES] ?? 0);
  const handler = handlers.get(type);
  const labels = { consumer: queue, type: handler === undefined ? 'other' : type };
  try {
    if (decoded === undefined || handler === undefined) throw new UndecodableError(`no handler for ${type}`);
    const meta = { ...decoded, from: queue, attempt, signal };
    await underTrace(decoded.traceparent, () => handler.handle(content, meta));
    consumed.inc({ ...labels, outcome: 'done' });
    age.observe({ consumer: queue }, Math.max(0, Date.now() - decoded.time.getTime()) / 1000);
    return undefined;
  } catch (error) {
    const transient = isTransient(error);
    const hopeless = error instanceof UndecodableError;
    const delayMs = hopeless
      ? undefined
      : (retryDelaysMs[failed] ?? (transient ? retryDelaysMs.at(-1) : undefined));
    const id = decoded?.id ?? String(properties.messageId);
    if (delayMs !== undefined) {
      consumed.inc({ ...labels, outcome: 'retried' });
      host.log.warn(
        { queue, id, type, attempt, delayMs, reason: describeError(error) },
        'a task failed and is tried again',
      );
      const failures = transient ? failed : failed + 1;
      const next = { ...headers, [ATTEMPT]: String(attempt), [FAILURES]: String(failures) };
      return { queue, id, headers: next, payload: content, delayMs };
    }
    consumed.inc({ ...labels, outcome: 'dead' });
    host.log.error(
      { queue, id, type, attempt, reason: describeError(error) },
      'a task went to the dead letters',
    );
    const dead = deadHeaders(queue, queue, { error, attempts: attempt }, host.clock.now());
    return { queue: deadLetterOf(queue), id, headers: { ...headers, ...dead }, payload: content };
  }
}

/** A task's headers without the count of its attempts. */
export function freshHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name !== ATTEMPT && name !== FAILURES),
  );
}
