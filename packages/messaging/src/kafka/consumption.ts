import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceHost } from '@souk/kernel';
import type { Consumer, Kafka } from 'kafkajs';
import { describeError } from '../failure.ts';
import { progress, restarts } from '../metrics.ts';
import { restartDelayMs } from '../retry.ts';
import { type BatchProcessor, processBatch } from './process-batch.ts';
import type { Topics } from './topics.ts';

/** A running consumer. */
export interface Consumption {
  /** Resolves when the consumer has got its share of partitions for the first time. */
  readonly ready: Promise<void>;
  /** Finishes the message at hand, commits and leaves. */
  stop(): Promise<void>;
}

/** What a consumer reads. */
export interface Subscription extends BatchProcessor {
  readonly topics: readonly string[];
  /** Partitions handled at the same time. */
  readonly concurrency: number;
}

// A killed member holds its partitions that long: what it would have read stands still meanwhile.
const SESSION_TIMEOUT_MS = 10_000;
const SILENCE_LIMIT_MS = 30_000;
const LEAVE_TIMEOUT_MS = 5_000;

/**
 * Keeps a consumer group member alive: whatever ends it (a crash, a lost broker, silence) is logged and followed by a
 * new one after a back-off. It never takes the process down.
 */
export function superviseConsumer(
  host: ServiceHost,
  kafka: Kafka,
  topics: Topics,
  subscription: Subscription,
): Consumption {
  const stopping = new AbortController();
  const joined = Promise.withResolvers<undefined>();

  const hasStopped = (): boolean => stopping.signal.aborted;

  async function supervise(): Promise<void> {
    for (let failures = 0; !hasStopped(); failures++) {
      const startedAt = Date.now();
      try {
        await topics.ensure(subscription.topics);
        await session(host, kafka, subscription, stopping.signal, () => {
          joined.resolve(undefined);
        });
      } catch (error) {
        if (hasStopped()) break;
        if (Date.now() - startedAt > 60_000) failures = 0;
        restarts.inc({ component: subscription.group });
        host.log.warn(
          { consumer: subscription.group, reason: describeError(error) },
          'Kafka consumer ended and starts again',
        );
        await sleep(restartDelayMs(failures), undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
    joined.resolve(undefined);
  }

  const ended = supervise();
  return {
    ready: joined.promise,
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}

async function session(
  host: ServiceHost,
  kafka: Kafka,
  subscription: Subscription,
  signal: AbortSignal,
  onJoined: () => void,
): Promise<void> {
  const consumer = kafka.consumer({
    groupId: subscription.group,
    sessionTimeout: SESSION_TIMEOUT_MS,
    heartbeatInterval: 3_000,
    rebalanceTimeout: 60_000,
    maxWaitTimeInMs: 1_000,
    allowAutoTopicCreation: false,
    // Restarts are the supervisor's, so that there is one place that decides.
    retry: {
      initialRetryTime: 100,
      maxRetryTime: 5_000,
      retries: 5,
      restartOnFailure: () => Promise.resolve(false),
    },
  });
  const end = Promise.withResolvers<undefined>();
  end.promise.catch(() => undefined);
  const onAbort = (): void => {
    end.resolve(undefined);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  const watchdog = watch(subscription.group, consumer, end.reject);
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    end.reject(payload.error);
  });
  consumer.on(consumer.events.GROUP_JOIN, onJoined);
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [...subscription.topics], fromBeginning: true });
    await consumer.run({
      eachBatchAutoResolve: false,
      autoCommitInterval: 1_000,
      autoCommitThreshold: 200,
      partitionsConsumedConcurrently: subscription.concurrency,
      eachBatch: (payload) => processBatch(host, subscription, payload, signal),
    });
    if (signal.aborted) end.resolve(undefined);
    await end.promise;
  } finally {
    signal.removeEventListener('abort', onAbort);
    clearInterval(watchdog);
    // Leaving asks the broker, which may be what is gone.
    await Promise.race([consumer.disconnect(), sleep(LEAVE_TIMEOUT_MS, undefined, { ref: false })]).catch(
      () => undefined,
    );
  }
}

// A consumer can stop without a crash (kafkajs does on some broker faults); even an idle one fetches every second.
function watch(group: string, consumer: Consumer, onSilence: (error: Error) => void): NodeJS.Timeout {
  let lastSign = Date.now();
  const alive = (): void => {
    lastSign = Date.now();
    progress.set({ consumer: group }, lastSign / 1000);
  };
  const { FETCH, HEARTBEAT, END_BATCH_PROCESS, GROUP_JOIN } = consumer.events;
  for (const event of [FETCH, HEARTBEAT, END_BATCH_PROCESS, GROUP_JOIN]) consumer.on(event, alive);
  const timer = setInterval(() => {
    if (Date.now() - lastSign > SILENCE_LIMIT_MS) onSilence(new Error('no sign of life from the consumer'));
  }, 5_000);
  timer.unref();
  return timer;
}
