import type { ProviderEvent } from '../domain/provider-event.ts';
import type { PaymentPorts } from './ports.ts';

/** Keeps an event whose signature was verified, unless it tells what we know; it is applied in the background, once. */
export async function receiveProviderEvent(
  { events, provider, log }: PaymentPorts,
  event: ProviderEvent,
): Promise<void> {
  const isNew = await events.accept(provider.name, event);
  log.debug({ eventId: event.id, type: event.type, isNew }, 'event of the payment provider');
}
