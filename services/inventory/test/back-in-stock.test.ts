import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  InventoryService,
  type SubscribeBackInStockResponse,
} from '@souk/gen/souk/inventory/v1/inventory_service_pb';
import { newId } from '@souk/kernel';
import { eventually } from '@souk/testing';
import { Kafka, logLevel } from 'kafkajs';
import { reasonOf, reservationOf, startInventory, type TestInventory } from './start-inventory.ts';

describe('alerts and subscriptions', () => {
  let inventory: TestInventory;
  beforeAll(async () => {
    inventory = await startInventory();
  });
  afterAll(() => inventory.service.stop());

  /** Subjects of all facts of a type so far, with repeats of the same event left out. */
  const subjectsOf = async (type: string): Promise<string[]> => {
    const kafka = new Kafka({ brokers: [...inventory.service.engines.kafka], logLevel: logLevel.NOTHING });
    const topic = `${inventory.service.namespace}.inventory.events.v1`;
    const consumer = kafka.consumer({ groupId: `${inventory.service.namespace}-${newId()}` });
    const found = new Map<string, string>();
    await consumer.connect();
    try {
      await consumer.subscribe({ topic, fromBeginning: true });
      await consumer.run({
        eachMessage: async ({ message }) => {
          const header = (name: string): string => String(message.headers?.[name] ?? '');
          if (header('ce_type').endsWith(`.${type}`)) found.set(header('ce_id'), header('ce_subject'));
        },
      });
      await eventually(() => expect(found.size).toBeGreaterThan(0));
      // Whatever was told twice would be there by now: facts of one aggregate are in one partition.
      await eventually(async () => {
        const before = found.size;
        await new Promise((resolve) => setImmediate(resolve));
        expect(found.size).toBe(before);
      });
    } finally {
      await consumer.disconnect();
    }
    return [...found.values()];
  };
  const subscribe = (sku: string, who = inventory.shopper): Promise<SubscribeBackInStockResponse> =>
    who.subscribeBackInStock({ sku, email: 'ann@example.com', locale: 'en' });

  it('tell each crossing, and each subscriber, once (vendure#3066)', async () => {
    await inventory.receive('GONE', 2n);
    await eventually(async () => {
      const { availability } = await inventory.anyone.getAvailability({ sku: 'GONE' });
      expect(availability?.available).toBe(2n);
    });
    expect(await reasonOf(subscribe('GONE'))).toBe('SKU_AVAILABLE');
    expect(await reasonOf(subscribe('NEVER'))).toBe('SKU_UNKNOWN');
    await inventory.order.reserveStock(reservationOf(newId(), ['GONE', 2n]));
    // What is sold out is shown as such by the read model that search follows.
    await eventually(async () => {
      const { availability } = await inventory.anyone.getAvailability({ sku: 'GONE' });
      expect(availability?.available).toBe(0n);
    });
    const { subscription } = await subscribe('GONE');
    expect((await subscribe('GONE')).subscription).toEqual(subscription);
    const subscriptionId = subscription?.subscriptionId ?? '';
    const other = await subscribe('GONE', inventory.stranger);
    expect(await reasonOf(inventory.stranger.unsubscribeBackInStock({ subscriptionId }))).toBe(
      'SUBSCRIPTION_NOT_FOUND',
    );
    await inventory.stranger.unsubscribeBackInStock({
      subscriptionId: other.subscription?.subscriptionId ?? '',
    });
    await inventory.receive('GONE', 1n);
    await inventory.receive('GONE', 1n);
    expect(await subjectsOf('BackInStockReached')).toEqual([subscriptionId]);
    expect((await subjectsOf('StockAlertRaised')).filter((sku) => sku === 'GONE')).toHaveLength(2);
    const notification = inventory.service.client(InventoryService, { caller: 'notification' });
    expect(await notification.getSubscriptionContact({ subscriptionId })).toMatchObject({
      email: 'ann@example.com',
      locale: 'en',
    });
    expect(await reasonOf(notification.getSubscriptionContact({ subscriptionId: newId() }))).toBe(
      'SUBSCRIPTION_NOT_FOUND',
    );
  });

  it('stay within a limit for each shopper', async () => {
    const skus = Array.from({ length: 101 }, (_, index) => `MANY-${index}`);
    await inventory.warehouse.announceStock({
      lines: skus.map((sku) => ({ sku, quantity: 1n })),
      requestId: newId(),
    });
    await eventually(async () => {
      const { unknownSkus } = await inventory.anyone.batchGetAvailability({ skus });
      expect(unknownSkus).toEqual([]);
    });
    const [last = '', ...others] = skus;
    for (const sku of others) await subscribe(sku, inventory.stranger);
    expect(await reasonOf(subscribe(last, inventory.stranger))).toBe('SUBSCRIPTION_LIMIT_REACHED');
  });
});
