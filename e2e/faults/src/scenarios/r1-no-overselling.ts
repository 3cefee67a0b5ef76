import { InventoryService } from '@souk/gen/souk/inventory/v1/inventory_service_pb';
import { newId } from '@souk/kernel';
import { isReason } from '@souk/rpc';
import { z } from 'zod';
import { query } from '../facts/query.ts';
import { Findings } from '../findings.ts';
import { newGoods } from '../goods.ts';
import { mapInFlight } from '../in-flight.ts';
import { randomFrom, wholeBetween } from '../random.ts';
import { outcomeOf } from '../report.ts';
import { openMesh } from '../rig/mesh.ts';
import { playRound } from '../round.ts';
import type { Outcome, Play, Scenario } from '../scenario.ts';

const IN_FLIGHT = 32;
const MOST_EACH = 3;
const whole = z.coerce.number();

/** R1: hundreds want what is for few, by checkouts and by reservations of the same SKU on two lines. */
export const noOverselling: Scenario = {
  id: 'R1',
  promise: 'exactly what is there is sold, availability never falls below zero, movements explain the stock',
  async play({ seed, size }) {
    const [buyers, units] = size === 'full' ? [500, 100] : [60, 25];
    const round = await playRound({
      seed,
      buyers,
      units,
      mostEach: MOST_EACH,
      inFlight: IN_FLIGHT,
      services: [],
      killsEach: 0,
    });
    const sold = outcomeOf(round);
    const held = await reserveOnTwoLines({ seed, size });
    return {
      injected: [...sold.injected, ...held.injected],
      checked: [...sold.checked, ...held.checked],
      broken: [...sold.broken, ...held.broken],
    };
  },
};

/** Reserves past the edge, each order with the SKU on two lines, far more than there is; then gives all back. */
async function reserveOnTwoLines({ seed, size }: Play): Promise<Outcome> {
  const random = randomFrom(seed);
  const [orders, units] = size === 'full' ? [500, 100] : [80, 30];
  const sku = await newGoods(units);
  const mesh = openMesh();
  const inventory = mesh.client(InventoryService, { caller: 'order' });
  const findings = new Findings();
  try {
    const wishes = Array.from({ length: orders }, () => ({
      orderId: newId(),
      quantities: [wholeBetween(random, 1, MOST_EACH), wholeBetween(random, 1, MOST_EACH)],
    }));
    const results = await mapInFlight(wishes, IN_FLIGHT, async ({ orderId, quantities }) => {
      const wanted = quantities.reduce((sum, each) => sum + each, 0);
      const lines = quantities.map((quantity) => ({ sku, quantity: BigInt(quantity) }));
      try {
        await inventory.reserveStock({ orderId, lines, requestId: newId() });
        return { orderId, wanted, isHeld: true };
      } catch (error) {
        findings.expect(
          'a refusal is for want of stock',
          isReason(error, 'STOCK_INSUFFICIENT'),
          orderId,
          String(error),
        );
        return { orderId, wanted, isHeld: false };
      }
    });
    const held = results.filter(({ isHeld }) => isHeld).reduce((sum, { wanted }) => sum + wanted, 0);
    const least = Math.min(...results.filter(({ isHeld }) => !isHeld).map(({ wanted }) => wanted));
    const left = units - held;
    findings.expect(
      'as much is held as can be',
      left >= 0 && left < least,
      sku,
      `${left} left, ${least} wanted`,
    );
    await expectLevels(findings, sku, { on_hand: units, reserved: held });
    await mapInFlight(
      results.filter(({ isHeld }) => isHeld),
      IN_FLIGHT,
      ({ orderId }) => inventory.releaseReservation({ orderId, requestId: newId() }),
    );
    await expectLevels(findings, sku, { on_hand: units, reserved: 0 });
    return {
      injected: [
        `${orders} reservations of two lines of one SKU each, ${units} units, ${IN_FLIGHT} at a time`,
      ],
      checked: findings.checked,
      broken: findings.broken,
    };
  } finally {
    mesh.close();
  }
}

async function expectLevels(
  findings: Findings,
  sku: string,
  due: { readonly on_hand: number; readonly reserved: number },
): Promise<void> {
  const shape = z.object({ on_hand: whole, reserved: whole });
  const sums = (deltas: string, table: string): Promise<z.infer<typeof shape>[]> =>
    query(
      'inventory',
      shape,
      `select sum(on_hand${deltas}) on_hand, sum(reserved${deltas}) reserved from ${table} where sku = $1`,
      sku,
    );
  for (const [what, [found]] of [
    ['stock', await sums('', 'stock')],
    ['movements', await sums('_delta', 'movements')],
  ] as const)
    findings.expect(
      `${what} is what is held`,
      found?.on_hand === due.on_hand && found.reserved === due.reserved,
      sku,
      `${JSON.stringify(found)} instead of ${JSON.stringify(due)}`,
    );
}
