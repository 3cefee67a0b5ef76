import type { DescMessage } from '@bufbuild/protobuf';
import type { ServiceHost } from '@souk/kernel';
import type { DeadLetter, ReplayResult, ReplaySelection } from '../dead-letter.ts';
import { destinationOf } from '../destination.ts';
import type { Envelope } from '../envelope.ts';
import type { Handler } from '../handler.ts';
import { encodeHeaders } from '../headers.ts';
import { listQueueDeadLetters, replayQueueDeadLetters } from './dead-letters.ts';
import { type OutgoingTask, type TaskPublisher, taskPublisher } from './publisher.ts';
import { startWorker, type Work } from './worker.ts';

/** What a worker does. Its queue follows from the handled messages' package. */
export interface ConsumeTasks {
  /** Handlers of one package's tasks. */
  readonly handlers: readonly Handler[];
  /** Most tasks in hand at once, 10 if left out. */
  readonly concurrency?: number;
  /** Waits between the retries of a task before it goes to the dead letters; 1 s, 5 s, 15 s, 1 min if left out. */
  readonly retryDelaysMs?: readonly number[];
}

/** The work queues. */
export interface RabbitBroker {
  /** Writes tasks and waits for the broker's confirmation. Makes missing queues. */
  publish(envelopes: readonly Envelope[]): Promise<void>;
  /** Starts a worker that runs until the host stops. Returns at once, whether RabbitMQ is up or not. */
  consume(options: ConsumeTasks): Work;
  /** Dead letters of a queue. */
  listDeadLetters(queue: string): Promise<DeadLetter[]>;
  /** Puts dead letters of a queue back into it. */
  replayDeadLetters(queue: string, selection?: ReplaySelection): Promise<ReplayResult>;
  /** Stops workers and publisher; the host does so by itself. */
  close(): Promise<void>;
}

const RETRY_DELAYS_MS = [1_000, 5_000, 15_000, 60_000];

/** Connects to the host's RabbitMQ lazily: nothing here waits for the broker before it is used. */
export function connectRabbit(host: ServiceHost): RabbitBroker {
  let publisher: TaskPublisher | undefined;
  const publishing = (): TaskPublisher => (publisher ??= taskPublisher(host));
  const workers = new Set<Work>();

  const stopWorkers = async (): Promise<void> => {
    await Promise.all([...workers].map((worker) => worker.stop()));
    workers.clear();
  };
  host.onStop('intake', stopWorkers);
  host.onStop('connections', async () => publisher?.close());

  return {
    publish: (envelopes) => publishing().send(envelopes.map(toTask)),
    consume({ handlers, concurrency = 10, retryDelaysMs = RETRY_DELAYS_MS }) {
      const worker = startWorker(host, publishing(), {
        queue: queueHandled(
          host,
          handlers.map(({ schema }) => schema),
        ),
        handlers: new Map(handlers.map((handler) => [handler.schema.typeName, handler])),
        concurrency,
        retryDelaysMs,
      });
      workers.add(worker);
      return worker;
    },
    listDeadLetters: (queue) => listQueueDeadLetters(host, queue),
    replayDeadLetters: (queue, selection) => replayQueueDeadLetters(host, publishing(), queue, selection),
    async close() {
      await stopWorkers();
      await publisher?.close();
    },
  };
}

function toTask(envelope: Envelope): OutgoingTask {
  const { destination, payload } = envelope;
  if (destination.kind !== 'task') throw new Error(`${envelope.type} is not a task`);
  return {
    queue: destination.queue,
    id: envelope.id,
    headers: encodeHeaders(envelope),
    payload: Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength),
    ...(destination.delayMs === undefined ? {} : { delayMs: destination.delayMs }),
  };
}

function queueHandled(host: ServiceHost, schemas: readonly DescMessage[]): string {
  const [queue, ...others] = new Set(schemas.map((schema) => destinationOf(host, schema)));
  if (queue === undefined || others.length > 0)
    throw new Error('a worker handles the tasks of exactly one package');
  return queue;
}
