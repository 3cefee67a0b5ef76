import { aborted } from '@souk/kernel';
import { begin, type Delivery, type Failure, failed, sent } from '../domain/delivery.ts';
import type { Contact, NotificationPorts } from './ports.ts';

/** How long an attempt may take, looking up included. */
const ATTEMPT_MS = 45_000;
/** How long an attempt keeps others away: longer than it and the recording of its outcome take. */
const LEASE_MS = 120_000;
const RECORD_DELAYS_MS = [100, 500, 2_000, 5_000, 10_000, 20_000];

/**
 * Makes the attempt that was asked for after a number of failures; an attempt that has been made is not made again. A failure
 * is recorded together with the task of the next attempt.
 *
 * @throws CONFLICT (aborted) while another attempt is under way: to be called again later.
 */
export async function sendDelivery(
  ports: NotificationPorts,
  deliveryId: string,
  failures: number,
  signal: AbortSignal,
): Promise<void> {
  const { deliveries, clock, log } = ports;
  const found = await deliveries.find(deliveryId);
  if (found === undefined) {
    log.warn({ delivery_id: deliveryId }, 'there is no such delivery');
    return;
  }
  const begun = begin(found, failures, clock.now(), LEASE_MS);
  if (begun === 'settled') return;
  if (begun === 'busy' || !(await deliveries.save(begun)))
    throw aborted('CONFLICT', 'the delivery is being sent', { retryAfterMs: 1_000 });

  const { contact, failure } = await attempt(ports, begun, signal);
  const now = clock.now();
  const outcome =
    failure === undefined
      ? { delivery: sent(begun, contact.address, now), retryInMs: undefined }
      : failed(begun, failure, contact?.address, now);
  const isLast = await record(ports, outcome.delivery, outcome.retryInMs);
  const { state, template } = outcome.delivery;
  log.info(
    { delivery_id: deliveryId, template, state, reason: failure?.reason, retry_ms: outcome.retryInMs },
    isLast ? 'a delivery was attempted' : 'a delivery was attempted, but taken over by another attempt',
  );
}

type Outcome =
  | { readonly contact: Contact; readonly failure: undefined }
  | { readonly contact: Contact | undefined; readonly failure: Failure };

async function attempt(ports: NotificationPorts, delivery: Delivery, stop: AbortSignal): Promise<Outcome> {
  // An attempt that has begun is finished even when the service is told to stop; only looking up is given up.
  const deadline = AbortSignal.timeout(ATTEMPT_MS);
  let contact: Contact | undefined;
  try {
    contact = await ports.contacts.find(delivery.recipient, AbortSignal.any([stop, deadline]));
  } catch (error) {
    return { contact, failure: { kind: 'unreachable', reason: `address book: ${reasonOf(error)}` } };
  }
  if (contact === undefined)
    return { contact, failure: { kind: 'refused', reason: 'nobody is known to send it to' } };
  let secret: string | undefined;
  try {
    const content = ports.contentOf(delivery);
    if ('mailId' in content) {
      secret = await ports.secrets.find(content.mailId, AbortSignal.any([stop, deadline]));
      if (secret === undefined)
        return { contact, failure: { kind: 'refused', reason: 'its secret is of no use any more' } };
    }
  } catch (error) {
    return { contact, failure: { kind: 'unreachable', reason: `identity: ${reasonOf(error)}` } };
  }
  try {
    const letter = ports.writer.write(ports.contentOf(delivery), contact, secret);
    const failure = await ports.mail.send(delivery.id, letter, contact, deadline);
    return failure === undefined ? { contact, failure } : { contact, failure };
  } catch (error) {
    // Most likely a fault of ours, which a later release mends.
    return { contact, failure: { kind: 'deferred', reason: reasonOf(error) } };
  }
}

/** Insists for as long as the lease lasts: a mail that was accepted but not recorded would be sent a second time. */
async function record(
  { deliveries }: NotificationPorts,
  delivery: Delivery,
  retryInMs: number | undefined,
): Promise<boolean> {
  for (const delay of RECORD_DELAYS_MS) {
    try {
      return await deliveries.save(delivery, retryInMs);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
  }
  return deliveries.save(delivery, retryInMs);
}

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return withoutAddresses(text);
}

/** A text in one bounded line with every e-mail address blotted out. */
export function withoutAddresses(text: string): string {
  return text
    .replaceAll(/[^\s<>()"',;:]+@[^\s<>()"',;:]+/g, '<address>')
    .replaceAll(/\s+/g, ' ')
    .slice(0, 500);
}
