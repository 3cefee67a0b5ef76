import { ask, type Recipient } from '../domain/delivery.ts';
import type { NotificationPorts } from './ports.ts';

/** Something happened that somebody is to be told of. */
export interface Occasion {
  readonly eventId: string;
  readonly eventType: string;
  readonly event: Uint8Array;
  readonly recipient: Recipient;
}

/**
 * Asks for a delivery per occasion. An occasion that was seen before changes nothing.
 *
 * @throws when an event cannot be read; none is asked for then.
 */
export async function askDeliveries(
  { deliveries, contentOf, clock }: Pick<NotificationPorts, 'deliveries' | 'contentOf' | 'clock'>,
  occasions: readonly Occasion[],
): Promise<void> {
  const asked = occasions.map((occasion) => {
    const key = { eventId: occasion.eventId, recipient: occasion.recipient, channel: 'email' } as const;
    const { template } = contentOf(occasion);
    const { eventType, event } = occasion;
    return ask({ ...key, id: deliveries.idOf(key), eventType, event, template }, clock.now());
  });
  await Promise.all(asked.map((delivery) => deliveries.add(delivery)));
}
