import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AvailabilityWatchEndReason,
  type WatchAvailabilityResponse,
} from '@souk/gen/souk/inventory/v1/inventory_service_pb';
import { AdjustmentReason, AvailabilityState, MovementKind } from '@souk/gen/souk/inventory/v1/stock_pb';
import { newId } from '@souk/kernel';
import { errorInfoOf } from '@souk/rpc';
import { eventually } from '@souk/testing';
import { MongoClient } from 'mongodb';
import { reservationOf, startInventory, type TestInventory } from './start-inventory.ts';

describe('availability', () => {
  let inventory: TestInventory;
  beforeAll(async () => {
    inventory = await startInventory({ SOUK_INVENTORY_WATCH_HEARTBEAT_S: '0.5' });
  });
  afterAll(() => inventory.service.stop());

  const seesAvailable = async (sku: string, available: bigint): Promise<void> => {
    await eventually(async () => {
      const { availability } = await inventory.anyone.getAvailability({ sku });
      expect(availability?.available).toBe(available);
    });
  };
  const documents = async <T>(use: (client: MongoClient) => Promise<T>): Promise<T> => {
    const client = new MongoClient(inventory.service.engines.mongodb);
    try {
      return await use(client);
    } finally {
      await client.close();
    }
  };

  it('follows the books', async () => {
    await inventory.receive('A', 5n);
    await seesAvailable('A', 5n);
    const orderId = newId();
    await inventory.order.reserveStock(reservationOf(orderId, ['A', 5n]));
    await seesAvailable('A', 0n);
    const { availabilities, unknownSkus } = await inventory.anyone.batchGetAvailability({
      skus: ['NO', 'A'],
    });
    expect(unknownSkus).toEqual(['NO']);
    expect(availabilities.map(({ sku, state }) => ({ sku, state }))).toEqual([
      { sku: 'A', state: AvailabilityState.OUT_OF_STOCK },
    ]);
    const missing = await inventory.anyone.getAvailability({ sku: 'NO' }).catch((error: unknown) => error);
    expect(errorInfoOf(missing)).toMatchObject({ reason: 'SKU_UNKNOWN', metadata: { sku: 'NO' } });
  });

  it('lists what happened, and gives the same answer to the same call', async () => {
    await inventory.receive('L', 5n);
    const adjustment = { sku: 'L', delta: -2n, reason: AdjustmentReason.DAMAGE, requestId: newId() };
    const first = await inventory.staff.adjustStock(adjustment);
    expect(first.level).toMatchObject({ onHand: 3n, damaged: 2n, available: 3n });
    await expect(inventory.staff.adjustStock(adjustment)).resolves.toEqual(first);
    const reused = await inventory.staff.adjustStock({ ...adjustment, delta: -1n }).catch((e: unknown) => e);
    expect(errorInfoOf(reused)?.reason).toBe('REQUEST_ID_REUSED');

    const page = await inventory.staff.listMovements({ sku: 'L', pageSize: 1 });
    expect(page.movements.map(({ kind }) => kind)).toEqual([MovementKind.DAMAGE]);
    const rest = await inventory.staff.listMovements({
      sku: 'L',
      pageSize: 1,
      pageToken: page.nextPageToken,
    });
    expect(rest.movements.map(({ kind, onHandDelta }) => ({ kind, onHandDelta }))).toEqual([
      { kind: MovementKind.RECEIPT, onHandDelta: 5n },
    ]);
  });

  it('is watched: snapshot, changes, heartbeats, and resumed where it ended', async () => {
    await inventory.receive('W1', 1n);
    await inventory.receive('W2', 2n);
    await seesAvailable('W2', 2n);
    const messages: WatchAvailabilityResponse[] = [];
    const cancel = new AbortController();
    const watching = (async (): Promise<void> => {
      const stream = inventory.anyone.watchAvailability({ skus: ['W1', 'W2'] }, { signal: cancel.signal });
      for await (const message of stream) messages.push(message);
    })().catch(() => undefined);
    await eventually(() => expect(messages[0]?.event.case).toBe('snapshot'));
    await inventory.receive('W1', 10n);
    await eventually(() => {
      const changes = messages.flatMap(({ event }) =>
        event.case === 'change' ? [event.value.availability] : [],
      );
      expect(changes.at(-1)).toMatchObject({ sku: 'W1', available: 11n });
      expect(messages.some(({ event }) => event.case === 'heartbeat')).toBe(true);
    });
    cancel.abort();
    await watching;

    await inventory.receive('W2', 5n);
    await seesAvailable('W2', 7n);
    const resumeToken = messages.at(-1)?.resumeToken ?? '';
    for await (const { event } of inventory.anyone.watchAvailability({ skus: ['W2', 'W1'], resumeToken })) {
      const snapshot = event.case === 'snapshot' ? event.value.availabilities : [];
      expect(snapshot.map(({ sku, available }) => ({ sku, available }))).toEqual([
        { sku: 'W2', available: 7n },
      ]);
      break;
    }
    const foreign = (async (): Promise<void> => {
      await inventory.anyone
        .watchAvailability({ skus: ['W1'], resumeToken })
        [Symbol.asyncIterator]()
        .next();
    })();
    expect(errorInfoOf(await foreign.catch((error: unknown) => error))?.reason).toBe('RESUME_TOKEN_INVALID');
  });

  it('is rebuilt from the books, equal to what was live', async () => {
    await inventory.receive('R1', 3n);
    await inventory.receive('R2', 4n);
    await seesAvailable('R2', 4n);
    await eventually(async () => {
      const check = await inventory.staff.rebuildAvailability({ validateOnly: true });
      expect(check.differingSkus).toEqual([]);
    });
    await documents(async (client) => {
      const collection = client
        .db(`${inventory.service.namespace}_inventory`)
        .collection<{ _id: string }>('availability');
      await collection.deleteOne({ _id: 'R1' });
      await collection.updateOne({ _id: 'R2' }, { $set: { 'levels.main.onHand': 99 } });
      await collection.insertOne({ _id: 'GHOST', levels: {} } as { _id: string });
    });
    const { differingSkus } = await inventory.staff.rebuildAvailability({});
    expect([...differingSkus].sort()).toEqual(['GHOST', 'R1', 'R2']);
    await seesAvailable('R1', 3n);
    await seesAvailable('R2', 4n);
    expect((await inventory.staff.rebuildAvailability({ validateOnly: true })).differingSkus).toEqual([]);
  });

  it('tells watchers when the service goes, and goes on after a restart', async () => {
    await inventory.receive('S', 1n);
    await seesAvailable('S', 1n);
    const stream = inventory.anyone.watchAvailability({ skus: ['S'] })[Symbol.asyncIterator]();
    await stream.next();
    const ended = (async (): Promise<WatchAvailabilityResponse | undefined> => {
      for (let last: WatchAvailabilityResponse | undefined; ; ) {
        const next = await stream.next();
        if (next.done === true) return last;
        last = next.value;
      }
    })();
    await inventory.service.restart();
    expect((await ended)?.event).toMatchObject({
      case: 'end',
      value: { reason: AvailabilityWatchEndReason.SERVER_STOPPING },
    });
  });
});
