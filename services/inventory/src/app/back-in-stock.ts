import { type Clock, type DomainError, exhausted, notFound, pause, precondition } from '@souk/kernel';
import type { AvailabilityView } from './ports.ts';

/** SKUs that one person may wait for. */
const MAX_WAITING = 100;
const BATCH = 200;
const EVERY_MS = 1_000;

/** A wish to be told when a SKU can be bought again. */
export interface Wish {
  readonly sku: string;
  readonly email: string;
  readonly locale: string;
  /** The guest or account whose wish it is. */
  readonly ownerId: string;
}

/** A wish as it is kept. */
export interface Subscription extends Wish {
  readonly subscriptionId: string;
  readonly createTime: Date;
}

/** Wishes to be told when a SKU can be bought again. */
export interface Subscriptions {
  /** Keeps a wish; the one that waits already if it is the same. */
  add(wish: Wish): Promise<Subscription>;
  /** How many SKUs somebody waits for. */
  countWaiting(ownerId: string): Promise<number>;
  /** Removes a wish of somebody. @returns whether there was one. */
  remove(subscriptionId: string, ownerId: string): Promise<boolean>;
  find(subscriptionId: string): Promise<Subscription | undefined>;
  /** Marks waiting wishes whose SKU can be bought and tells of each, once. @returns how many. */
  notifyAvailable(limit: number): Promise<number>;
}

/** What subscriptions need. */
export interface SubscriptionPorts {
  readonly subscriptions: Subscriptions;
  readonly view: AvailabilityView;
  readonly clock: Clock;
}

/**
 * Subscribes to a SKU that can't be bought at the moment.
 * @throws DomainError SKU_UNKNOWN, SKU_AVAILABLE, SUBSCRIPTION_LIMIT_REACHED
 */
export async function subscribe(
  { subscriptions, view }: SubscriptionPorts,
  wish: Wish,
): Promise<Subscription> {
  const { sku } = wish;
  const availability = (await view.get([sku])).get(sku);
  if (availability === undefined)
    throw notFound('SKU_UNKNOWN', `${sku} has never been in stock.`, { metadata: { sku } });
  if (availability.available > 0)
    throw precondition('SKU_AVAILABLE', `${sku} can be bought now.`, { metadata: { sku } });
  if ((await subscriptions.countWaiting(wish.ownerId)) >= MAX_WAITING)
    throw exhausted('SUBSCRIPTION_LIMIT_REACHED', `Nobody waits for more than ${MAX_WAITING} SKUs.`);
  return subscriptions.add(wish);
}

/**
 * Takes a wish back; only one's own.
 * @throws DomainError SUBSCRIPTION_NOT_FOUND
 */
export async function unsubscribe(
  { subscriptions }: SubscriptionPorts,
  subscriptionId: string,
  ownerId: string,
): Promise<void> {
  if (!(await subscriptions.remove(subscriptionId, ownerId))) throw unknown();
}

/**
 * Whom the mail of a subscription goes to.
 * @throws DomainError SUBSCRIPTION_NOT_FOUND
 */
export async function contactOf(
  { subscriptions }: SubscriptionPorts,
  subscriptionId: string,
): Promise<{ email: string; locale: string }> {
  const subscription = await subscriptions.find(subscriptionId);
  if (subscription === undefined) throw unknown();
  return { email: subscription.email, locale: subscription.locale };
}

/**
 * Tells subscribers, for as long as the service runs. It looks at what can be bought, not at the moment at which it came:
 * whoever subscribed just then is told too, and nobody twice.
 */
export async function notifySubscribers(
  { subscriptions }: SubscriptionPorts,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const count = await subscriptions.notifyAvailable(BATCH);
    if (count < BATCH) await pause(EVERY_MS, signal);
  }
}

const unknown = (): DomainError => notFound('SUBSCRIPTION_NOT_FOUND', 'There is no such subscription.');
