import type { Envelope, Publish } from './envelope.ts';

/**
 * One `publish` for an outbox that holds both facts and work: facts go to Kafka, tasks to RabbitMQ, each in their order.
 *
 * @throws Error if an envelope goes to a broker that was not given.
 */
export function publishTo(brokers: {
  readonly kafka?: { publish: Publish };
  readonly rabbit?: { publish: Publish };
}): Publish {
  return async (envelopes) => {
    const facts: Envelope[] = [];
    const tasks: Envelope[] = [];
    for (const envelope of envelopes) (envelope.destination.kind === 'fact' ? facts : tasks).push(envelope);
    await Promise.all([hand(brokers.kafka, facts, 'Kafka'), hand(brokers.rabbit, tasks, 'RabbitMQ')]);
  };
}

async function hand(
  broker: { publish: Publish } | undefined,
  envelopes: readonly Envelope[],
  name: string,
): Promise<void> {
  if (envelopes.length === 0) return;
  if (broker === undefined) throw new Error(`no ${name} to publish ${envelopes[0]?.type ?? 'a message'} to`);
  await broker.publish(envelopes);
}
