import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@souk/testing';
import { z } from 'zod';
import { restOk } from '../../../support/rest.ts';
import type { Scene } from '../scene.ts';
import { type Bookkeeping, openBookkeeping } from './books.ts';
import type { Books, BuyerFact, Facts } from './facts.ts';
import { readFollowers } from './followers.ts';
import { readProvider } from './provider.ts';

const SETTLE_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 500;
const CATCH_UP_WITHIN_MS = 60_000;

const availability = z.object({ available: z.coerce.number().default(0) });

/**
 * Waits until nothing moves any more, or for a minute at most, then reads everything. Whether it has come to rest is not
 * decided here: what has not ended is among the facts.
 */
export async function settleAndRead(scene: Scene, buyers: readonly BuyerFact[], since: Date): Promise<Facts> {
  const bookkeeping = openBookkeeping();
  try {
    const books = await settle(bookkeeping, scene);
    const orderIds = [
      ...books.orders.map(({ orderId }) => orderId),
      ...books.payments.map(({ orderId }) => orderId),
      ...buyers.flatMap(({ answer }) => ('orderId' in answer ? (answer.orderId ?? []) : [])),
    ];
    const shownAvailable = await shown(scene.sku, books.stock.onHand - books.stock.reserved);
    return {
      units: scene.units,
      buyers,
      books,
      provider: await readProvider(new Set(orderIds), since),
      shownAvailable,
      followers: await readFollowers(scene, new Set(orderIds)),
    };
  } finally {
    await bookkeeping.close();
  }
}

async function settle(bookkeeping: Bookkeeping, scene: Scene): Promise<Books> {
  const until = Date.now() + SETTLE_WITHIN_MS;
  for (;;) {
    const books = await bookkeeping.read(scene);
    if (isAtRest(books) || Date.now() >= until) return books;
    await sleep(LOOK_EVERY_MS);
  }
}

function isAtRest({ orders, sagas, reservations, payments, unpublished }: Books): boolean {
  return (
    orders.every(({ state }) => state !== 'pending') &&
    sagas.every(({ state }) => state === 'completed' || state === 'compensated') &&
    reservations.every(({ state }) => state !== 'held') &&
    payments.every(({ openOperations }) => openOperations === 0) &&
    Object.values(unpublished).every((count) => count === 0)
  );
}

/** What the edge tells shoppers is available, once it is `expected` or has had its time. */
async function shown(sku: string, expected: number): Promise<number> {
  const look = async (): Promise<number> =>
    (await restOk(availability, 'GET', `/v1/availability/${encodeURIComponent(sku)}`)).available;
  const lookForExpected = async (): Promise<number> => {
    const available = await look();
    if (available !== expected) throw new Error(`${available} are shown instead of ${expected}`);
    return available;
  };
  return eventually(lookForExpected, { withinMs: CATCH_UP_WITHIN_MS }).catch(look);
}
