import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { BulkUpdateStockResponse } from '@souk/gen/souk/inventory/v1/warehouse_service_pb';
import { AdjustmentReason } from '@souk/gen/souk/inventory/v1/stock_pb';
import { TransferState } from '@souk/gen/souk/inventory/v1/warehouse_pb';
import { AbcClass } from '@souk/gen/souk/inventory/v1/warehouse_service_pb';
import { newId } from '@souk/kernel';
import { reasonOf, reservationOf, startInventory, type TestInventory } from './start-inventory.ts';

describe('the warehouse', () => {
  let inventory: TestInventory;
  beforeAll(async () => {
    inventory = await startInventory();
    await inventory.warehouse.setLocation({
      location: { locationId: 'store', name: 'Store', priority: 1, active: true },
    });
  });
  afterAll(() => inventory.service.stop());
  afterEach(async () => {
    expect((await inventory.staff.checkLedger({})).breaks).toEqual([]);
  });

  const level = async (sku: string, locationId = 'main'): Promise<Record<string, bigint>> => {
    const { levels } = await inventory.warehouse.listStockLevels({ skus: [sku] });
    const found = levels.find((one) => one.locationId === locationId);
    return {
      onHand: found?.onHand ?? 0n,
      damaged: found?.damaged ?? 0n,
      incoming: found?.incoming ?? 0n,
    };
  };

  it('knows what is on its way, and takes it off when it comes', async () => {
    const lines = [{ sku: 'WAY', quantity: 10n }];
    const announce = { lines, reference: 'PO-1', requestId: newId() };
    await inventory.warehouse.announceStock(announce);
    await inventory.warehouse.announceStock(announce);
    expect(await level('WAY')).toEqual({ onHand: 0n, damaged: 0n, incoming: 10n });
    await inventory.staff.receiveStock({
      lines: [{ sku: 'WAY', quantity: 4n }],
      announced: true,
      requestId: newId(),
    });
    expect(await level('WAY')).toEqual({ onHand: 4n, damaged: 0n, incoming: 6n });
    expect(
      await reasonOf(
        inventory.warehouse.announceStock({ ...announce, requestId: newId(), locationId: 'no' }),
      ),
    ).toBe('LOCATION_UNKNOWN');
    expect(
      await reasonOf(
        inventory.warehouse.announceStock({ ...announce, lines: [{ sku: 'WAY', quantity: 1n }] }),
      ),
    ).toBe('REQUEST_ID_REUSED');
    expect(
      await reasonOf(inventory.staff.receiveStock({ lines, locationId: 'no', requestId: newId() })),
    ).toBe('LOCATION_UNKNOWN');
    expect(
      await reasonOf(
        inventory.staff.adjustStock({
          sku: 'WAY',
          delta: 1n,
          reason: AdjustmentReason.CORRECTION,
          locationId: 'no',
          requestId: newId(),
        }),
      ),
    ).toBe('LOCATION_UNKNOWN');
  });

  it('moves units between locations, with what is lost on the way', async () => {
    await inventory.receive('MOVE', 10n);
    const request = {
      fromLocationId: 'main',
      toLocationId: 'store',
      lines: [{ sku: 'MOVE', quantity: 6n }],
      requestId: newId(),
    };
    const { transfer } = await inventory.warehouse.createTransfer(request);
    await inventory.warehouse.createTransfer(request);
    expect(await level('MOVE')).toMatchObject({ onHand: 4n });
    expect(await level('MOVE', 'store')).toMatchObject({ onHand: 0n, incoming: 6n });
    const transferId = transfer?.transferId ?? '';
    const arrived = { transferId, losses: [{ sku: 'MOVE', missing: 1n, damaged: 2n }] };
    await inventory.warehouse.receiveTransfer(arrived);
    const again = await inventory.warehouse.receiveTransfer(arrived);
    expect(again.transfer?.state).toBe(TransferState.RECEIVED);
    expect(await level('MOVE', 'store')).toEqual({ onHand: 3n, damaged: 2n, incoming: 0n });
    const { warehouse } = inventory;
    expect(await reasonOf(warehouse.cancelTransfer({ transferId }))).toBe('TRANSFER_ENDED');
    expect(await reasonOf(warehouse.getTransfer({ transferId: newId() }))).toBe('TRANSFER_NOT_FOUND');
    expect(await reasonOf(warehouse.receiveTransfer({ transferId: newId() }))).toBe('TRANSFER_NOT_FOUND');
    expect(await reasonOf(warehouse.cancelTransfer({ transferId: newId() }))).toBe('TRANSFER_NOT_FOUND');
    const other = (change: object): Promise<unknown> =>
      warehouse.createTransfer({ ...request, requestId: newId(), ...change });
    expect(await reasonOf(other({ toLocationId: 'main' }))).toBe('TRANSFER_INVALID');
    expect(await reasonOf(other({ toLocationId: 'moon' }))).toBe('LOCATION_UNKNOWN');
    expect(await reasonOf(other({ lines: [{ sku: 'MOVE', quantity: 5n }] }))).toBe('STOCK_INSUFFICIENT');
    expect(await reasonOf(other({ lines: [{ sku: 'NONE', quantity: 5n }] }))).toBe('SKU_UNKNOWN');
    expect(
      await reasonOf(warehouse.createTransfer({ ...request, lines: [{ sku: 'MOVE', quantity: 1n }] })),
    ).toBe('REQUEST_ID_REUSED');
  });

  it('takes a transfer back', async () => {
    await inventory.receive('UNDO', 3n);
    const { transfer } = await inventory.warehouse.createTransfer({
      fromLocationId: 'main',
      toLocationId: 'store',
      lines: [{ sku: 'UNDO', quantity: 3n }],
      requestId: newId(),
    });
    const transferId = transfer?.transferId ?? '';
    expect(
      await reasonOf(
        inventory.warehouse.receiveTransfer({
          transferId,
          losses: [{ sku: 'UNDO', missing: 4n, damaged: 0n }],
        }),
      ),
    ).toBe('TRANSFER_INVALID');
    await inventory.warehouse.cancelTransfer({ transferId });
    await inventory.warehouse.cancelTransfer({ transferId });
    expect(await level('UNDO')).toEqual({ onHand: 3n, damaged: 0n, incoming: 0n });
    expect(await reasonOf(inventory.warehouse.receiveTransfer({ transferId }))).toBe('TRANSFER_ENDED');
  });

  it('counts: what was sold meanwhile does not matter, what is held stays', async () => {
    await inventory.receive('CNT', 10n);
    await inventory.receive('HELD', 4n);
    const request = { skus: ['CNT', 'HELD'], requestId: newId() };
    const { count } = await inventory.warehouse.startCount(request);
    const countId = count?.countId ?? '';
    const sold = newId();
    await inventory.order.reserveStock(reservationOf(sold, ['CNT', 3n], ['HELD', 4n]));
    const found = [
      { sku: 'CNT', quantity: 8n },
      { sku: 'HELD', quantity: 1n },
    ];
    const reconciled = await inventory.warehouse.reconcileCount({ countId, counted: found });
    expect(reconciled.count?.lines.map(({ sku, errorReason }) => [sku, errorReason])).toEqual([
      ['CNT', ''],
      ['HELD', 'STOCK_INSUFFICIENT'],
    ]);
    await expect(inventory.warehouse.reconcileCount({ countId, counted: found })).resolves.toEqual(
      reconciled,
    );
    expect(await level('CNT')).toMatchObject({ onHand: 8n });
    expect(await level('HELD')).toMatchObject({ onHand: 4n });
    expect((await inventory.warehouse.getCount({ countId })).count?.reconciled).toBe(true);
    const { warehouse } = inventory;
    expect(await reasonOf(warehouse.getCount({ countId: newId() }))).toBe('COUNT_NOT_FOUND');
    expect(await reasonOf(warehouse.reconcileCount({ countId: newId(), counted: found }))).toBe(
      'COUNT_NOT_FOUND',
    );
    expect(await reasonOf(warehouse.startCount({ skus: ['NONE'], requestId: newId() }))).toBe('SKU_UNKNOWN');
    expect(await reasonOf(warehouse.startCount({ ...request, requestId: newId(), locationId: 'no' }))).toBe(
      'LOCATION_UNKNOWN',
    );
    const other = await warehouse.startCount({ skus: ['CNT'], requestId: newId() });
    expect(
      await reasonOf(
        warehouse.reconcileCount({
          countId: other.count?.countId ?? '',
          counted: [{ sku: 'HELD', quantity: 1n }],
        }),
      ),
    ).toBe('COUNT_LINE_UNKNOWN');
  });

  it('books many rows, each for itself, and none twice', async () => {
    const request = {
      requestId: newId(),
      rows: [
        { sku: 'B1', change: { case: 'onHand' as const, value: 7n } },
        { sku: 'B2', change: { case: 'delta' as const, value: -1n } },
        { sku: '', change: { case: 'onHand' as const, value: 7n } },
        { sku: 'B1', change: { case: 'delta' as const, value: 2n } },
        { sku: 'B3', locationId: 'no', change: { case: 'onHand' as const, value: 1n } },
        { sku: 'B4', locationId: 'store', change: { case: 'onHand' as const, value: 5n } },
      ],
    };
    const run = async (rows = request): Promise<BulkUpdateStockResponse[]> => {
      const outcomes: BulkUpdateStockResponse[] = [];
      for await (const outcome of inventory.warehouse.bulkUpdateStock(rows)) outcomes.push(outcome);
      return outcomes;
    };
    const outcomes = await run();
    expect(outcomes.map(({ row, errorReason }) => [row, errorReason])).toEqual([
      [0, ''],
      [1, 'STOCK_INSUFFICIENT'],
      [2, 'ADJUSTMENT_INVALID'],
      [3, ''],
      [4, 'LOCATION_UNKNOWN'],
      [5, ''],
    ]);
    await run();
    expect(await level('B1')).toMatchObject({ onHand: 9n });
    expect(await level('B4', 'store')).toMatchObject({ onHand: 5n });
    const [reused] = await run({ ...request, rows: request.rows.slice(0, 1) });
    expect(reused?.errorReason).toBe('REQUEST_ID_REUSED');
  });

  it('tells how stock did', async () => {
    await inventory.receive('FAST', 20n);
    await inventory.receive('SLOW', 20n);
    for (const [sku, quantity] of [
      ['FAST', 20n],
      ['SLOW', 1n],
    ] as const) {
      const orderId = newId();
      await inventory.order.reserveStock(reservationOf(orderId, [sku, quantity]));
      await inventory.order.commitReservation({ orderId, requestId: newId() });
    }
    await inventory.staff.adjustStock({
      sku: 'SLOW',
      delta: -2n,
      reason: AdjustmentReason.SHRINKAGE,
      requestId: newId(),
    });
    const { metrics } = await inventory.warehouse.listStockMetrics({ days: 10, pageSize: 500 });
    const of = (sku: string): (typeof metrics)[number] | undefined => metrics.find((one) => one.sku === sku);
    expect(metrics[0]?.sku).toBe('FAST');
    expect(of('FAST')).toMatchObject({
      onHand: 0n,
      sold: 20n,
      turnover: 0,
      sellThrough: 1,
      abcClass: AbcClass.A,
      stockOutCount: 1,
    });
    expect(of('FAST')?.averageAgeDays).toBeUndefined();
    expect(of('SLOW')).toMatchObject({
      onHand: 17n,
      sold: 1n,
      sellThrough: 0.05,
      shrinkage: 2n,
      stockOutCount: 0,
    });
    expect(of('SLOW')?.daysOfCover).toBeCloseTo(170);
    const first = await inventory.warehouse.listStockMetrics({ days: 10, pageSize: 1 });
    const second = await inventory.warehouse.listStockMetrics({
      days: 10,
      pageSize: 1,
      pageToken: first.nextPageToken,
    });
    expect(second.metrics.map(({ sku }) => sku)).toEqual([metrics[1]?.sku]);
  });
});
