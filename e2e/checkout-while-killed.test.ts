import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { eventually } from '@souk/testing';
import { z } from 'zod';
import type { Outcome } from './support/buyer.ts';
import { Buyer } from './support/buyer.ts';
import { pidOf } from './support/platform.ts';
import { adminClients, putOnSale } from './support/shop.ts';
import { providerLedger, query } from './support/stores.ts';

const BUYERS = 200;
const UNITS = 50;
const PRICE = 1_500;
const KILLS = 3;
const PATIENCE_MS = 90_000;

describe.each(['order', 'payment'])('200 buyers of 50 units while %s is killed', (victim) => {
  it('buy 50, each paid once, and the rest are cleanly refused', async () => {
    const since = Math.floor(Date.now() / 1_000);
    const { sku } = await putOnSale(await adminClients(), UNITS);
    const buyers = await inGroups(Array.from({ length: BUYERS }), 20, () => Buyer.withInCart(sku));

    const stopKilling = new AbortController();
    const killing = killAgainAndAgain(victim, stopKilling.signal);
    const outcomes = await Promise.all(buyers.map((buyer) => buyer.checkOut(PATIENCE_MS)));
    stopKilling.abort();
    expect(await killing).toBeGreaterThan(0);

    const ordered = outcomes
      .filter((outcome) => outcome.kind === 'ordered')
      .map((outcome) => outcome.orderId);
    const refused = outcomes.filter((outcome) => outcome.kind === 'refused');
    expect([ordered.length, new Set(ordered).size, refused.length]).toEqual([UNITS, UNITS, BUYERS - UNITS]);
    // Whoever asked again after a crash hears of the rejected order instead.
    for (const { reason } of refused) expect(['STOCK_INSUFFICIENT', 'REJECTED']).toContain(reason);

    // Compensation goes on after the buyers have their answers.
    await eventually(() => expectStockSold(sku), { withinMs: 60_000 });
    await eventually(() => expectOrders(sku), { withinMs: 60_000 });
    await eventually(() => expectPaidOnce(ordered, outcomes, since), { withinMs: 60_000 });
  }, 300_000);
});

/** Kills a process as soon as it is up again, a few times; gives how often. */
async function killAgainAndAgain(name: string, signal: AbortSignal): Promise<number> {
  let kills = 0;
  let last = 0;
  while (!signal.aborted && kills < KILLS) {
    await sleep(kills === 0 ? 300 : 1_500);
    const pid = pidOf(name);
    if (pid !== last) {
      process.kill(pid, 'SIGKILL');
      last = pid;
      kills += 1;
    }
  }
  return kills;
}

async function expectStockSold(sku: string): Promise<void> {
  const level = z.object({ on_hand: z.number(), reserved: z.number() });
  expect(
    await query('inventory', level, 'select on_hand, reserved from stock where sku = $1', [sku]),
  ).toEqual([{ on_hand: 0, reserved: 0 }]);
  const sums = z.object({ on_hand: z.coerce.number(), reserved: z.coerce.number() });
  const moved =
    'select sum(on_hand_delta) as on_hand, sum(reserved_delta) as reserved from movements where sku = $1';
  expect(await query('inventory', sums, moved, [sku])).toEqual([{ on_hand: 0, reserved: 0 }]);
}

async function expectOrders(sku: string): Promise<void> {
  const count = z.object({ state: z.string(), payment_state: z.string(), orders: z.coerce.number() });
  const rows = await query(
    'order',
    count,
    `select state, case state when 'confirmed' then payment_state else '' end as payment_state, count(*) as orders
       from orders join order_lines using (order_id) where sku = $1 group by 1, 2 order by 1`,
    [sku],
  );
  expect(rows).toContainEqual({ state: 'confirmed', payment_state: 'captured', orders: UNITS });
  // Nothing is left half done.
  expect(rows.map((row) => row.state).filter((state) => state !== 'rejected')).toEqual(['confirmed']);
}

/** Exactly one capture of the exact price for each order; nothing taken from anybody else; nothing unknown to our books. */
async function expectPaidOnce(
  ordered: readonly string[],
  outcomes: readonly Outcome[],
  since: number,
): Promise<void> {
  const payment = z.object({
    order_id: z.string(),
    state: z.string(),
    captured: z.coerce.number(),
    provider_reference: z.string(),
  });
  const ids = outcomes.flatMap(({ orderId }) => (orderId === undefined ? [] : [orderId]));
  const payments = await query(
    'payment',
    payment,
    'select order_id, state, captured, provider_reference from payments where order_id = any($1)',
    [ids],
  );
  const captured = payments.filter((each) => each.captured > 0);
  expect(captured.map((each) => each.order_id).sort()).toEqual([...ordered].sort());
  expect(new Set(captured.map((each) => `${each.state} ${String(each.captured)}`))).toEqual(
    new Set([`captured ${String(PRICE)}`]),
  );
  expect(payments.filter((each) => each.state === 'pending' || each.state === 'authorized')).toEqual([]);

  const ours = new Map(payments.map((each) => [each.provider_reference, each.order_id]));
  const ledger = await providerLedger(since);
  const charges = ledger.filter((each) => ours.has(each.payment_intent));
  expect(charges.map((each) => ours.get(each.payment_intent)).sort()).toEqual([...ordered].sort());
  expect(new Set(charges.map((each) => `${each.type} ${String(each.amount)}`))).toEqual(
    new Set([`charge ${String(PRICE)}`]),
  );
  const intents = [...new Set(ledger.map((each) => each.payment_intent))];
  const known = await query(
    'payment',
    z.object({ provider_reference: z.string() }),
    'select provider_reference from payments where provider_reference = any($1)',
    [intents],
  );
  expect(known).toHaveLength(intents.length);
}

/** Does something for each item, so many at a time. */
async function inGroups<Item, Result>(
  items: readonly Item[],
  size: number,
  each: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += size) {
    results.push(...(await Promise.all(items.slice(start, start + size).map(each))));
  }
  return results;
}
