import { setTimeout as sleep } from 'node:timers/promises';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { InventoryService } from '@souk/gen/souk/inventory/v1/inventory_service_pb';
import { newId } from '@souk/kernel';
import { isReason } from '@souk/rpc';
import { z } from 'zod';
import { query } from '../facts/query.ts';
import { Findings } from '../findings.ts';
import { newGoods } from '../goods.ts';
import { mapInFlight } from '../in-flight.ts';
import { randomFrom, wholeBetween } from '../random.ts';
import { counted } from '../report.ts';
import { openMesh } from '../rig/mesh.ts';
import type { Scenario } from '../scenario.ts';

const TTL_MS = 2_000;
/** By when what nobody bought is back. */
const BACK_WITHIN_MS = 5_000;
const AROUND_MS = 400;

const row = z.object({ order_id: z.string(), state: z.string() });
const levels = z.object({
  on_hand: z.coerce.number(),
  reserved: z.coerce.number(),
  moved_on_hand: z.coerce.number(),
  moved_reserved: z.coerce.number(),
});
const LEVELS = `
  select sum(on_hand) on_hand, sum(reserved) reserved,
    (select sum(on_hand_delta) from movements where sku = $1) moved_on_hand,
    (select sum(reserved_delta) from movements where sku = $1) moved_reserved
  from stock where sku = $1`;

/** R5: reservations that nobody pays, and reservations that are paid at the very instant of their expiry. */
export const expiry: Scenario = {
  id: 'R5',
  promise: 'abandoned stock is back 5 s after its time, and nothing is both released and sold',
  async play({ seed, size }) {
    const count = size === 'full' ? 400 : 60;
    const random = randomFrom(seed);
    const sku = await newGoods(count);
    const findings = new Findings();
    const mesh = openMesh();
    const inventory = mesh.client(InventoryService, { caller: 'order' });
    try {
      const orders = Array.from({ length: count }, (_, index) => ({
        orderId: newId(),
        // Every third is abandoned.
        payAfterMs: index % 3 === 0 ? undefined : TTL_MS + wholeBetween(random, -AROUND_MS, AROUND_MS),
      }));
      const answers = await mapInFlight(orders, count, async ({ orderId, payAfterMs }) => {
        await inventory.reserveStock({
          orderId,
          lines: [{ sku, quantity: 1n }],
          ttl: durationFromMs(TTL_MS),
          requestId: newId(),
        });
        if (payAfterMs === undefined) return 'abandoned';
        await sleep(payAfterMs);
        try {
          await inventory.commitReservation({ orderId, requestId: newId() });
          return 'sold';
        } catch (error) {
          return isReason(error, 'RESERVATION_EXPIRED') ? 'too late' : String(error);
        }
      });
      const until = Date.now() + TTL_MS + BACK_WITHIN_MS;
      const read = (): Promise<z.infer<typeof row>[]> =>
        query(
          'inventory',
          row,
          'select order_id, state from reservations where order_id = any($1)',
          orders.map(({ orderId }) => orderId),
        );
      let rows = await read();
      while (rows.some(({ state }) => state === 'held') && Date.now() < until) {
        await sleep(200);
        rows = await read();
      }
      const states = new Map(rows.map((each) => [each.order_id, each.state]));
      orders.forEach(({ orderId }, index) => {
        const state = states.get(orderId);
        const answer = answers[index] ?? '';
        findings.expect('back in time', state !== 'held', orderId, 'is still held');
        findings.expect(
          'the answer is what happened',
          answer === 'sold' ? state === 'committed' : state === 'expired',
          orderId,
          `was answered ${answer} and is ${state}`,
        );
      });
      const sold = answers.filter((answer) => answer === 'sold').length;
      const [found] = await query('inventory', levels, LEVELS, sku);
      const due = { on_hand: count - sold, reserved: 0 };
      findings.expect(
        'stock is what was not sold',
        found?.on_hand === due.on_hand && found.reserved === due.reserved,
        sku,
        `${JSON.stringify(found)} instead of ${JSON.stringify(due)}`,
      );
      findings.expect(
        'movements explain the stock',
        found?.moved_on_hand === found?.on_hand && found?.moved_reserved === found?.reserved,
        sku,
        JSON.stringify(found),
      );
      return {
        injected: [
          `${count} reservations of ${TTL_MS / 1_000} s: a third abandoned, the others paid within ${AROUND_MS} ms of their end`,
        ],
        checked: [...findings.checked, `answers: ${counted(answers)}`],
        broken: findings.broken,
      };
    } finally {
      mesh.close();
    }
  },
};
