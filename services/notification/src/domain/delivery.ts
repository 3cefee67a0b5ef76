/** Ways to reach somebody. */
export type Channel = 'email';

/** Whom a notification is for. The address behind it is looked up when it is sent. */
export interface Recipient {
  /** The buyer of an order, the holder of an account, or who subscribed to a SKU. */
  readonly kind: 'order' | 'account' | 'subscription';
  /** The order's, account's or subscription's id. */
  readonly id: string;
}

/** What a delivery is identified by: there is never a second one for the same three. */
export interface DeliveryKey {
  readonly eventId: string;
  readonly recipient: Recipient;
  readonly channel: Channel;
}

/** Where a delivery stands. `sent` and `failed` are final. */
export type DeliveryState = 'pending' | 'sending' | 'sent' | 'failed';

/** One attempt that came to an end. */
interface Attempt {
  readonly time: Date;
  /** Why it failed, without personal data; empty if it succeeded. */
  readonly error: string;
}

/** One notification to one recipient over one channel because of one event. */
export interface Delivery extends DeliveryKey {
  readonly id: string;
  /** Grows by one with every change; whoever changed last owns the next step. */
  readonly version: number;
  /** Full message name of the event. */
  readonly eventType: string;
  /** The event itself, which the notification is written from. */
  readonly event: Uint8Array;
  readonly template: string;
  readonly state: DeliveryState;
  /** While sending: when somebody else may take over. */
  readonly leasedUntil: Date | undefined;
  /** Address it went to, or was last tried. */
  readonly address: string | undefined;
  /** The last {@link MOST_ATTEMPTS}, oldest first. */
  readonly attempts: readonly Attempt[];
  /** Attempts that the channel put off. */
  readonly deferrals: number;
  /** Attempts that found the channel or the address book out of reach. */
  readonly outages: number;
  readonly createTime: Date;
  readonly sendTime: Date | undefined;
}

/**
 * Why an attempt failed. `refused`: for good, by the channel or because nobody is known to send to. `deferred`: the channel
 * wants it again later. `unreachable`: nobody was asked, because the channel or the address book is out of reach.
 */
export interface Failure {
  readonly kind: 'refused' | 'deferred' | 'unreachable';
  readonly reason: string;
}

const MOST_ATTEMPTS = 50;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

// A mail server may put a mail off (greylisting, a full mailbox): patience of about a day and a half, then it is given up.
const DEFERRAL_DELAYS_MS = [SECOND, 5 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 6 * HOUR, 24 * HOUR];
// An outage says nothing about the mail, so that it is tried again soon, and for about two days.
const OUTAGE_DELAYS_MS = [SECOND, 2 * SECOND, 5 * SECOND, 15 * SECOND];
const MOST_OUTAGES = 2_880;

/** A delivery that nobody has begun yet. */
export function ask(
  key: DeliveryKey & Pick<Delivery, 'id' | 'eventType' | 'event' | 'template'>,
  now: Date,
): Delivery {
  return {
    ...key,
    version: 1,
    state: 'pending',
    leasedUntil: undefined,
    address: undefined,
    attempts: [],
    deferrals: 0,
    outages: 0,
    createTime: now,
    sendTime: undefined,
  };
}

/**
 * Begins the attempt that was asked for after a number of failures: `settled` when it has been made, `busy` while another one
 * is under way.
 */
export function begin(
  delivery: Delivery,
  failures: number,
  now: Date,
  leaseMs: number,
): Delivery | 'settled' | 'busy' {
  const { state, leasedUntil } = delivery;
  if (state === 'sent' || state === 'failed' || failures !== failuresOf(delivery)) return 'settled';
  if (state === 'sending' && leasedUntil !== undefined && leasedUntil > now) return 'busy';
  return {
    ...delivery,
    version: delivery.version + 1,
    state: 'sending',
    leasedUntil: new Date(now.getTime() + leaseMs),
  };
}

/** Ends an attempt: the channel accepted it. */
export function sent(delivery: Delivery, address: string, now: Date): Delivery {
  return { ...ended(delivery, { time: now, error: '' }), state: 'sent', address, sendTime: now };
}

/**
 * Ends an attempt that failed.
 *
 * @returns the delivery, and when it is to be tried again; `undefined` when it is given up.
 */
export function failed(
  delivery: Delivery,
  { kind, reason }: Failure,
  address: string | undefined,
  now: Date,
): { readonly delivery: Delivery; readonly retryInMs: number | undefined } {
  const next = { ...ended(delivery, { time: now, error: reason }), address: address ?? delivery.address };
  switch (kind) {
    case 'refused':
      return { delivery: { ...next, state: 'failed' }, retryInMs: undefined };
    case 'deferred': {
      const retryInMs = DEFERRAL_DELAYS_MS[delivery.deferrals];
      const state = retryInMs === undefined ? 'failed' : 'pending';
      return { delivery: { ...next, state, deferrals: delivery.deferrals + 1 }, retryInMs };
    }
    case 'unreachable': {
      const outages = delivery.outages + 1;
      const retryInMs = outages < MOST_OUTAGES ? (OUTAGE_DELAYS_MS[delivery.outages] ?? MINUTE) : undefined;
      return {
        delivery: { ...next, state: retryInMs === undefined ? 'failed' : 'pending', outages },
        retryInMs,
      };
    }
  }
}

/** How many attempts have failed without the delivery being given up. */
export function failuresOf({ deferrals, outages }: Delivery): number {
  return deferrals + outages;
}

function ended(delivery: Delivery, attempt: Attempt): Delivery {
  const attempts = [...delivery.attempts, attempt].slice(-MOST_ATTEMPTS);
  return { ...delivery, version: delivery.version + 1, leasedUntil: undefined, attempts };
}
