import { type ServiceHost, unavailable } from '@souk/kernel';
import type { ChannelModel, ConfirmChannel } from 'amqplib';
import { published } from '../metrics.ts';
import { type Link, openLink } from './link.ts';
import { declareDelayQueue, declareWorkQueue, delayQueue, delayStep } from './topology.ts';

/** A message on its way to a queue. */
export interface OutgoingTask {
  /** Work queue, or a dead-letter queue with `raw`. */
  readonly queue: string;
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Buffer;
  /** Waits at least this long before a worker gets it. */
  readonly delayMs?: number;
}

/** Writes tasks and waits for the broker's confirmation. */
export interface TaskPublisher {
  /** Resolves when a majority of the queue's replicas has each task. */
  send(tasks: readonly OutgoingTask[]): Promise<void>;
  close(): Promise<void>;
}

interface Session {
  readonly connection: ChannelModel;
  readonly channel: ConfirmChannel;
  /** Message ids that the broker could not route; it says so before it confirms. */
  readonly returned: Set<string>;
  /** Queues known to exist on this connection. */
  readonly declared: Map<string, Promise<void>>;
}

const CONNECT_TIMEOUT_MS = 5_000;
const CONFIRM_TIMEOUT_MS = 15_000;

/** A publisher on a connection of its own, so that a blocked publisher does not hold up consumers. */
export function taskPublisher(host: ServiceHost): TaskPublisher {
  const link: Link<Session> = openLink(host, 'publish', openSession);

  return {
    async send(tasks) {
      if (tasks.length === 0) return;
      const session = await link.ready(CONNECT_TIMEOUT_MS);
      const targets = new Map(tasks.map((task) => [targetOf(task), task]));
      await Promise.all(Array.from(targets, ([target, task]) => declare(session, target, task)));
      await confirmAll(session, tasks, (reason) => {
        link.reset(reason);
      });
    },
    close: () => link.close(),
  };
}

async function openSession(connection: ChannelModel, reset: (reason: unknown) => void): Promise<Session> {
  const channel = await connection.createConfirmChannel();
  const returned = new Set<string>();
  channel.on('error', reset);
  channel.on('close', () => {
    reset(new Error('publishing channel closed'));
  });
  channel.on('return', ({ properties }) => {
    returned.add(String(properties.messageId));
  });
  return { connection, channel, returned, declared: new Map() };
}

function targetOf(task: OutgoingTask): string {
  return task.delayMs === undefined ? task.queue : delayQueue(task.queue, delayStep(task.delayMs));
}

// On a channel of its own: a refused declaration closes the channel it was made on.
function declare({ connection, declared }: Session, target: string, task: OutgoingTask): Promise<void> {
  const known = declared.get(target);
  if (known !== undefined) return known;
  const work = (async () => {
    const channel = await connection.createChannel();
    channel.on('error', () => undefined);
    if (!task.queue.endsWith('.dlq')) await declareWorkQueue(channel, task.queue);
    if (task.delayMs !== undefined) await declareDelayQueue(channel, task.queue, delayStep(task.delayMs));
    await channel.close();
  })();
  declared.set(target, work);
  work.catch(() => declared.delete(target));
  return work;
}

async function confirmAll(
  { channel, returned }: Session,
  tasks: readonly OutgoingTask[],
  reset: (reason: unknown) => void,
): Promise<void> {
  const timer = setTimeout(() => {
    reset(new Error(`no confirmation within ${CONFIRM_TIMEOUT_MS} ms`));
  }, CONFIRM_TIMEOUT_MS);
  try {
    await Promise.all(tasks.map((task) => confirm(channel, returned, task)));
  } finally {
    clearTimeout(timer);
  }
}

function confirm(channel: ConfirmChannel, returned: Set<string>, task: OutgoingTask): Promise<void> {
  const target = targetOf(task);
  return new Promise((resolve, reject) => {
    const settle = (error: unknown): void => {
      if (error !== null && error !== undefined) {
        reject(unavailable('RABBITMQ_UNAVAILABLE', `${target} did not accept a message`, { cause: error }));
      } else if (returned.delete(task.id)) {
        reject(unavailable('RABBITMQ_UNROUTABLE', `there is no queue ${target}`));
      } else {
        published.inc({ destination: target });
        resolve();
      }
    };
    try {
      channel.sendToQueue(
        target,
        task.payload,
        {
          persistent: true,
          mandatory: true,
          messageId: task.id,
          contentType: 'application/protobuf',
          headers: { ...task.headers },
        },
        settle,
      );
    } catch (error) {
      settle(error);
    }
  });
}
