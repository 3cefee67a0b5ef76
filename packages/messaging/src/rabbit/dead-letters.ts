import type { ServiceHost } from '@souk/kernel';
import type { Channel, GetMessage } from 'amqplib';
import {
  type DeadLetter,
  type ReplayResult,
  type ReplaySelection,
  readDeadLetter,
  revivedHeaders,
} from '../dead-letter.ts';
import { deadLetterOf } from '../destination.ts';
import { textHeaders } from '../headers.ts';
import { dial } from './link.ts';
import type { TaskPublisher } from './publisher.ts';
import { declareWorkQueue } from './topology.ts';
import { freshHeaders } from './worker.ts';

/** Dead letters of a work queue, at most `limit`. They stay where they are. */
export function listQueueDeadLetters(host: ServiceHost, queue: string, limit = 1_000): Promise<DeadLetter[]> {
  return withChannel(host, queue, async (channel) => {
    const letters: DeadLetter[] = [];
    for (const message of await peek(channel, queue, limit)) letters.push(read(message));
    return letters;
  });
}

/** Puts dead letters back into their queue and removes each once the queue has confirmed it. */
export function replayQueueDeadLetters(
  host: ServiceHost,
  publisher: TaskPublisher,
  queue: string,
  { ids }: ReplaySelection = {},
): Promise<ReplayResult> {
  return withChannel(host, queue, async (channel) => {
    const messages = await peek(channel, queue, 10_000);
    let replayed = 0;
    for (const message of messages) {
      const letter = read(message);
      if (ids?.includes(letter.id) === false) continue;
      const headers = freshHeaders(revivedHeaders(textHeaders(message.properties.headers)));
      await publisher.send([{ queue, id: letter.id, headers, payload: message.content }]);
      channel.ack(message);
      replayed++;
    }
    return { replayed, kept: messages.length - replayed };
  });
}

function read({ properties }: GetMessage): DeadLetter {
  return readDeadLetter(textHeaders(properties.headers), 'the broker gave up: delivered too often');
}

// What is taken and not acknowledged goes back when the channel closes.
async function peek(channel: Channel, queue: string, limit: number): Promise<GetMessage[]> {
  const messages: GetMessage[] = [];
  while (messages.length < limit) {
    const message = await channel.get(deadLetterOf(queue));
    if (message === false) break;
    messages.push(message);
  }
  return messages;
}

async function withChannel<T>(
  host: ServiceHost,
  queue: string,
  work: (channel: Channel) => Promise<T>,
): Promise<T> {
  const connection = await dial(host, 'dead letters');
  connection.on('error', () => undefined);
  try {
    const channel = await connection.createChannel();
    channel.on('error', () => undefined);
    await declareWorkQueue(channel, queue);
    const result = await work(channel);
    await channel.close();
    return result;
  } finally {
    await connection.close().catch(() => undefined);
  }
}
