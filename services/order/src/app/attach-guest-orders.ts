import type { Logger } from '@souk/kernel';
import { pause } from '@souk/kernel';
import { attachTo, emailKey } from '../domain/guest-order.ts';
import type { OrderPorts } from './ports.ts';

/** An address that was proved to be an account's. */
export interface ConfirmedEmail {
  readonly accountId: string;
  readonly confirmTime: Date;
}

/** The addresses of accounts, as identity knows them. */
export interface Contacts {
  /** E-mail address by account; accounts that are gone are left out. */
  emailsOf(accountIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

/** A guest's order that is to become an account's. */
export interface DueGuestOrder {
  readonly orderId: string;
  readonly accountId: string;
}

/** Which guest orders are to become whose. */
export interface GuestOrders {
  /** Notes guest orders with an address that were made before a time; at most `limit`; how many it noted. */
  note(accountId: string, key: string, before: Date, limit: number): Promise<number>;
  /** Those that nothing is under way with: neither a saga nor a document that is being issued. */
  due(limit: number): Promise<readonly DueGuestOrder[]>;
  done(orderIds: readonly string[]): Promise<void>;
}

/** What attaching needs. */
export interface AttachPorts extends Pick<OrderPorts, 'store' | 'clock'> {
  readonly contacts: Contacts;
  readonly guestOrders: GuestOrders;
  readonly log: Logger;
}

const BATCH = 100;

/** Notes which orders the confirmed addresses bring to their accounts. Noting twice is noting once. */
export async function noteGuestOrders(
  { contacts, guestOrders }: Pick<AttachPorts, 'contacts' | 'guestOrders'>,
  confirmed: readonly ConfirmedEmail[],
): Promise<void> {
  const emails = await contacts.emailsOf([...new Set(confirmed.map(({ accountId }) => accountId))]);
  for (const { accountId, confirmTime } of confirmed) {
    const email = emails.get(accountId);
    if (email === undefined) continue;
    while ((await guestOrders.note(accountId, emailKey(email), confirmTime, BATCH)) === BATCH);
  }
}

/** Attaches noted orders, a batch at a time, until the signal. */
export async function attachGuestOrders(
  ports: AttachPorts,
  everyMs: number,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    let taken = 0;
    try {
      const due = await ports.guestOrders.due(BATCH);
      const done = await attachAll(ports, due);
      await ports.guestOrders.done(done);
      taken = done.length;
    } catch (error) {
      ports.log.warn({ err: error }, 'guest orders were not attached; trying again');
    }
    if (taken < BATCH) await pause(everyMs, signal);
  }
}

/** Attaches each by itself: one that cannot be attached keeps no other waiting. Returns those that are done with. */
async function attachAll(ports: AttachPorts, due: readonly DueGuestOrder[]): Promise<string[]> {
  const done: string[] = [];
  for (const each of due) {
    try {
      await attach(ports, each);
      done.push(each.orderId);
    } catch (error) {
      ports.log.warn({ err: error, order_id: each.orderId }, 'a guest order was not attached; trying again');
    }
  }
  return done;
}

function attach({ store, clock }: AttachPorts, { orderId, accountId }: DueGuestOrder): Promise<void> {
  return store.transaction(async (tx) => {
    const order = await tx.lockOrder(orderId);
    if (order === undefined) return;
    const attached = attachTo(order, accountId, clock.now());
    if (attached !== order) await tx.saveOrder(order, attached);
  });
}
