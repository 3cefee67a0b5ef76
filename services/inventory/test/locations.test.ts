import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { RestockCondition } from '@souk/gen/souk/inventory/v1/inventory_service_pb';
import { AllocationStrategy, ReservationState } from '@souk/gen/souk/inventory/v1/reservation_pb';
import { AvailabilityState } from '@souk/gen/souk/inventory/v1/stock_pb';
import { BackorderMode } from '@souk/gen/souk/inventory/v1/warehouse_pb';
import { newId } from '@souk/kernel';
import { eventually } from '@souk/testing';
import { reasonOf, reservationOf, startInventory, type TestInventory } from './start-inventory.ts';

describe('several locations', () => {
  let inventory: TestInventory;
  beforeAll(async () => {
    inventory = await startInventory();
    for (const [priority, locationId] of ['north', 'south'].entries())
      await inventory.warehouse.setLocation({
        location: {
          locationId,
          name: locationId,
          priority: priority + 1,
          regionCode: locationId === 'south' ? 'FR' : 'GB',
          active: true,
        },
      });
  });
  afterAll(() => inventory.service.stop());
  afterEach(async () => {
    expect((await inventory.staff.checkLedger({})).breaks).toEqual([]);
  });

  const stock = async (sku: string, units: Record<string, bigint>): Promise<void> => {
    for (const [locationId, quantity] of Object.entries(units))
      await inventory.staff.receiveStock({ lines: [{ sku, quantity }], locationId, requestId: newId() });
  };
  const picks = async (
    strategy: AllocationStrategy,
    region: string,
    ...lines: [string, bigint][]
  ): Promise<[string, string, bigint][]> => {
    const { reservation } = await inventory.order.reserveStock({
      ...reservationOf(newId(), ...lines),
      allocationStrategy: strategy,
      shipToRegion: region,
    });
    return (reservation?.allocations ?? []).map(({ sku, locationId, quantity }) => [
      sku,
      locationId,
      quantity,
    ]);
  };

  it('serve an order together when no single one suffices (medusa#14987)', async () => {
    await stock('SPLIT', { main: 2n, north: 3n, south: 1n });
    expect(await picks(AllocationStrategy.PRIORITY, '', ['SPLIT', 6n])).toEqual([
      ['SPLIT', 'main', 2n],
      ['SPLIT', 'north', 3n],
      ['SPLIT', 'south', 1n],
    ]);
    expect(await reasonOf(inventory.order.reserveStock(reservationOf(newId(), ['SPLIT', 1n])))).toBe(
      'STOCK_INSUFFICIENT',
    );
  });

  it('are chosen by priority, highest stock, fewest splits, and nearness', async () => {
    await stock('C1', { main: 5n, north: 9n, south: 20n });
    await stock('C2', { north: 9n });
    expect(await picks(AllocationStrategy.PRIORITY, '', ['C1', 1n])).toEqual([['C1', 'main', 1n]]);
    expect(await picks(AllocationStrategy.HIGHEST_STOCK, '', ['C1', 1n])).toEqual([['C1', 'south', 1n]]);
    expect(await picks(AllocationStrategy.FEWEST_SPLITS, '', ['C1', 1n], ['C2', 1n])).toEqual([
      ['C1', 'north', 1n],
      ['C2', 'north', 1n],
    ]);
    expect(await picks(AllocationStrategy.PRIORITY, 'FR', ['C1', 1n])).toEqual([['C1', 'south', 1n]]);
  });

  it('give units back where they were taken, never elsewhere (medusa#16338)', async () => {
    await stock('BACK', { main: 1n, north: 4n });
    const orderId = newId();
    const { reservation } = await inventory.order.reserveStock(reservationOf(orderId, ['BACK', 3n]));
    expect(reservation?.allocations.map(({ locationId }) => locationId)).toEqual(['north']);
    await inventory.order.commitReservation({ orderId, requestId: newId() });
    const levels = async (): Promise<Record<string, bigint>> =>
      Object.fromEntries(
        (await inventory.warehouse.listStockLevels({ skus: ['BACK'] })).levels.map((level) => [
          level.locationId,
          level.onHand,
        ]),
      );
    expect(await levels()).toEqual({ main: 1n, north: 1n });
    const restock = (locationId: string): Promise<unknown> =>
      inventory.order.restockReturn({
        returnId: newId(),
        orderId,
        requestId: newId(),
        lines: [{ sku: 'BACK', quantity: 3n, condition: RestockCondition.GOOD, locationId }],
      });
    expect(await reasonOf(restock('nowhere'))).toBe('LOCATION_UNKNOWN');
    await restock('north');
    expect(await levels()).toEqual({ main: 1n, north: 4n });
  });

  it('serve nobody while inactive, and keep their stock', async () => {
    await stock('IDLE', { south: 5n });
    const south = { locationId: 'south', name: 'south', priority: 2, regionCode: 'FR' };
    await inventory.warehouse.setLocation({ location: { ...south, active: false } });
    expect(await reasonOf(inventory.order.reserveStock(reservationOf(newId(), ['IDLE', 1n])))).toBe(
      'STOCK_INSUFFICIENT',
    );
    await eventually(async () => {
      const { availability } = await inventory.anyone.getAvailability({ sku: 'IDLE' });
      expect(availability?.available).toBe(0n);
    });
    await inventory.warehouse.setLocation({ location: { ...south, active: true } });
    await inventory.order.reserveStock(reservationOf(newId(), ['IDLE', 1n]));
    const { locations } = await inventory.warehouse.listLocations({});
    expect(locations.map(({ locationId }) => locationId)).toEqual(['main', 'north', 'south']);
  });

  it('keep safety stock back from sale', async () => {
    await stock('SAFE', { main: 5n });
    await inventory.warehouse.setStockPolicy({
      policy: { sku: 'SAFE', safetyStocks: [{ locationId: 'main', quantity: 3n }] },
    });
    expect(await reasonOf(inventory.order.reserveStock(reservationOf(newId(), ['SAFE', 3n])))).toBe(
      'STOCK_INSUFFICIENT',
    );
    await inventory.order.reserveStock(reservationOf(newId(), ['SAFE', 2n]));
    expect((await inventory.warehouse.getStockPolicy({ sku: 'SAFE' })).policy?.safetyStocks).toHaveLength(1);
    expect(await reasonOf(inventory.warehouse.getStockPolicy({ sku: 'NONE' }))).toBe('SKU_UNKNOWN');
    expect(
      await reasonOf(
        inventory.warehouse.setStockPolicy({
          policy: { sku: 'SAFE', safetyStocks: [{ locationId: 'nowhere', quantity: 1n }] },
        }),
      ),
    ).toBe('LOCATION_UNKNOWN');
  });

  it('promise units up to a limit, and owe them before anything else is sold', async () => {
    await inventory.warehouse.setStockPolicy({
      policy: { sku: 'PRE', backorderMode: BackorderMode.PREORDER, backorderLimit: 5n },
    });
    await eventually(async () => {
      const { availability } = await inventory.anyone.getAvailability({ sku: 'PRE' });
      expect(availability).toMatchObject({ state: AvailabilityState.PREORDER, backorderable: 5n });
    });
    const [first, second, third] = [newId(), newId(), newId()];
    await inventory.order.reserveStock(reservationOf(first, ['PRE', 2n]));
    await inventory.order.commitReservation({ orderId: first, requestId: newId() });
    const { reservation } = await inventory.order.reserveStock(reservationOf(second, ['PRE', 3n]));
    expect(reservation?.allocations.map(({ backorderedQuantity }) => backorderedQuantity)).toEqual([3n]);
    expect(await reasonOf(inventory.order.reserveStock(reservationOf(third, ['PRE', 1n])))).toBe(
      'STOCK_INSUFFICIENT',
    );
    await stock('PRE', { main: 3n });
    await eventually(async () => {
      const owed = await Promise.all(
        [first, second].map(async (orderId) => {
          const found = await inventory.order.getReservation({ orderId });
          return (found.reservation?.allocations ?? []).reduce(
            (sum, one) => sum + one.backorderedQuantity,
            0n,
          );
        }),
      );
      // Sold first, served first; what is held gets the rest.
      expect(owed).toEqual([0n, 2n]);
    });
    const [level] = (await inventory.warehouse.listStockLevels({ skus: ['PRE'] })).levels;
    expect(level).toMatchObject({ onHand: 1n, reserved: 1n, backordered: 2n, available: 0n });
    await inventory.order.commitReservation({ orderId: second, requestId: newId() });
    // The order gives two units up: those that never came are struck off.
    await inventory.order.restockReturn({
      returnId: newId(),
      orderId: second,
      requestId: newId(),
      lines: [{ sku: 'PRE', quantity: 2n, condition: RestockCondition.GOOD }],
    });
    const [after] = (await inventory.warehouse.listStockLevels({ skus: ['PRE'] })).levels;
    expect(after).toMatchObject({ onHand: 0n, reserved: 0n, backordered: 0n });
  });

  it('forget promises of a reservation that is given back', async () => {
    await inventory.warehouse.setStockPolicy({
      policy: { sku: 'GIVE', backorderMode: BackorderMode.BACKORDER, backorderLimit: 2n },
    });
    await stock('GIVE', { main: 1n });
    const orderId = newId();
    await inventory.order.reserveStock(reservationOf(orderId, ['GIVE', 3n]));
    const { reservation } = await inventory.order.releaseReservation({ orderId, requestId: newId() });
    expect(reservation?.state).toBe(ReservationState.RELEASED);
    const [level] = (await inventory.warehouse.listStockLevels({ skus: ['GIVE'] })).levels;
    expect(level).toMatchObject({ onHand: 1n, reserved: 0n, backordered: 0n });
  });

  it('sell kits as their components, as often as the scarcest allows', async () => {
    await stock('LEG', { main: 9n });
    await stock('TOP', { main: 3n });
    const components = [
      { sku: 'LEG', quantity: 4n },
      { sku: 'TOP', quantity: 1n },
    ];
    await inventory.warehouse.setKit({ kitSku: 'TABLE', components });
    await eventually(async () => {
      const { availability } = await inventory.anyone.getAvailability({ sku: 'TABLE' });
      expect(availability?.available).toBe(2n);
    });
    const orderId = newId();
    const { reservation } = await inventory.order.reserveStock(reservationOf(orderId, ['TABLE', 2n]));
    expect(reservation?.allocations.map(({ sku, kitSku, quantity }) => [sku, kitSku, quantity])).toEqual([
      ['LEG', 'TABLE', 8n],
      ['TOP', 'TABLE', 2n],
    ]);
    // A leg on its own and a table share the same legs (medusa#16502).
    expect(
      await reasonOf(inventory.order.reserveStock(reservationOf(newId(), ['TABLE', 1n], ['LEG', 1n]))),
    ).toBe('STOCK_INSUFFICIENT');
    expect((await inventory.warehouse.getKit({ kitSku: 'TABLE' })).components).toHaveLength(2);
    expect(await reasonOf(inventory.warehouse.getKit({ kitSku: 'LEG' }))).toBe('KIT_NOT_FOUND');
    for (const [kitSku, part] of [
      ['BOX', 'TABLE'],
      ['LEG', 'TOP'],
      ['SELF', 'SELF'],
    ] as const)
      expect(
        await reasonOf(inventory.warehouse.setKit({ kitSku, components: [{ sku: part, quantity: 1n }] })),
      ).toBe('KIT_INVALID');
  });
});
