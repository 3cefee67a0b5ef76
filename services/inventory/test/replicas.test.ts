import { type Client, Code, ConnectError } from '@connectrpc/connect';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InventoryService } from '@souk/gen/souk/inventory/v1/inventory_service_pb';
import { newId } from '@souk/kernel';
import { errorInfoOf } from '@souk/rpc';
import { eventually, startTestService, type TestService } from '@souk/testing';
import { service } from '../src/service.ts';
import { reservationOf, startInventory, type TestInventory } from './start-inventory.ts';

const BUYERS = 500;
const UNITS = 100n;
const AT_A_TIME = 32;
/** What nobody has decided yet: a patient buyer asks again, with the same order. */
const UNDECIDED = ['DEADLINE_EXCEEDED', 'DEPENDENCY_UNAVAILABLE', 'CONFLICT', 'CANCELLED', 'OVERLOADED'];

describe('two replicas', () => {
  let inventory: TestInventory;
  let other: TestService;
  beforeAll(async () => {
    inventory = await startInventory();
    other = await startTestService(service, { namespace: inventory.service.namespace });
  });
  afterAll(async () => {
    await other.stop();
    await inventory.service.stop();
  });

  const patiently = async (call: () => Promise<unknown>): Promise<string | undefined> => {
    for (;;) {
      try {
        await call();
        return undefined;
      } catch (error) {
        const reason = errorInfoOf(error)?.reason ?? '';
        const isLate = error instanceof ConnectError && error.code === Code.DeadlineExceeded;
        if (!isLate && !UNDECIDED.includes(reason)) return reason;
      }
    }
  };

  it('sell exactly what there is to 500 buyers (vendure#1738, medusa#16569, saleor#543), with a SKU on two lines (medusa#16502)', async () => {
    await inventory.receive('RUSH', UNITS);
    const clients: readonly Client<typeof InventoryService>[] = [
      inventory.order,
      other.client(InventoryService, { caller: 'order' }),
    ];
    const buyers = Array.from({ length: BUYERS }, (_, index) => ({
      orderId: newId(),
      client: clients[index % 2] ?? inventory.order,
      lines: Array.from({ length: (index % 3) + 1 }, (): [string, bigint] => ['RUSH', 1n]),
    }));
    let sold = 0n;
    let lowest = UNITS;
    const queue = [...buyers];
    const buy = async (): Promise<void> => {
      for (let buyer = queue.shift(); buyer !== undefined; buyer = queue.shift()) {
        const { orderId, client, lines } = buyer;
        const refusal = await patiently(() => client.reserveStock(reservationOf(orderId, ...lines)));
        if (refusal !== undefined) {
          expect(refusal).toBe('STOCK_INSUFFICIENT');
          continue;
        }
        // Sold by the replica that did not reserve.
        const seller = client === clients[0] ? clients[1] : clients[0];
        expect(
          await patiently(async () => seller?.commitReservation({ orderId, requestId: newId() })),
        ).toBeUndefined();
        sold += BigInt(lines.length);
        const [level] = (await inventory.warehouse.listStockLevels({ skus: ['RUSH'] })).levels;
        if (level !== undefined && level.available < lowest) lowest = level.available;
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, buy));
    // Two or three units may be left that nobody wanted; whoever wants one gets it.
    for (let rest = UNITS - sold; rest > 0n; rest -= 1n) {
      const orderId = newId();
      await patiently(() => inventory.order.reserveStock(reservationOf(orderId, ['RUSH', 1n])));
      await patiently(() => inventory.order.commitReservation({ orderId, requestId: newId() }));
    }
    expect(await patiently(() => inventory.order.reserveStock(reservationOf(newId(), ['RUSH', 1n])))).toBe(
      'STOCK_INSUFFICIENT',
    );
    expect(lowest).toBeGreaterThanOrEqual(0n);
    expect((await inventory.staff.checkLedger({})).breaks).toEqual([]);
    const [level] = (await inventory.warehouse.listStockLevels({ skus: ['RUSH'] })).levels;
    expect(level).toMatchObject({ onHand: 0n, reserved: 0n });
  });

  it('answer 50 calls with one request id once, whichever they reach', async () => {
    await inventory.receive('SAME', 100n);
    const request = reservationOf(newId(), ['SAME', 2n]);
    const clients = [inventory.order, other.client(InventoryService, { caller: 'order' })];
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        patiently(async () => clients[index % 2]?.reserveStock(request)),
      ),
    );
    expect(new Set(outcomes)).toEqual(new Set([undefined]));
    const [level] = (await inventory.warehouse.listStockLevels({ skus: ['SAME'] })).levels;
    expect(level).toMatchObject({ onHand: 100n, reserved: 2n });
  });

  it('leave a read model that equals a rebuild', async () => {
    await eventually(async () => {
      const { differingSkus } = await inventory.staff.rebuildAvailability({ validateOnly: true });
      expect(differingSkus).toEqual([]);
    });
  });
});
