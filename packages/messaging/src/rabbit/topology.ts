import type { Channel } from 'amqplib';
import { deadLetterOf } from '../destination.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * Delays that exist. A queue holds messages of one delay only, because RabbitMQ expires messages at a queue's head; a
 * few steps keep the number of queues small.
 */
const DELAY_STEPS_MS = [
  500,
  1_000,
  2_000,
  5_000,
  15_000,
  MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  HOUR,
  6 * HOUR,
  24 * HOUR,
] as const;

/** The shortest step that is not below a delay; the longest for delays above it. */
export function delayStep(delayMs: number): number {
  return DELAY_STEPS_MS.find((step) => step >= delayMs) ?? 24 * HOUR;
}

/** Name of the queue in which work waits for `step` before it goes to `queue`. */
export function delayQueue(queue: string, step: number): string {
  return `${queue}.delay.${step}`;
}

// Crashes of a worker count as deliveries; a task that kills its workers ends in the dead letters.
const DELIVERY_LIMIT = 20;

/** Makes a work queue with its dead-letter queue; harmless if they exist. */
export async function declareWorkQueue(channel: Channel, queue: string): Promise<void> {
  await channel.assertQueue(deadLetterOf(queue), { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  await channel.assertQueue(queue, {
    durable: true,
    arguments: { ...deadLettersTo(deadLetterOf(queue)), 'x-delivery-limit': DELIVERY_LIMIT },
  });
}

/** Makes the queue in which work waits for `step` milliseconds; harmless if it exists. */
export async function declareDelayQueue(channel: Channel, queue: string, step: number): Promise<void> {
  await channel.assertQueue(delayQueue(queue, step), {
    durable: true,
    arguments: { ...deadLettersTo(queue), 'x-message-ttl': step },
  });
}

// Quorum queues dead-letter at most once unless told otherwise, and "at least once" needs `reject-publish`.
function deadLettersTo(target: string): Record<string, string> {
  return {
    'x-queue-type': 'quorum',
    'x-dead-letter-exchange': '',
    'x-dead-letter-routing-key': target,
    'x-dead-letter-strategy': 'at-least-once',
    'x-overflow': 'reject-publish',
  };
}
