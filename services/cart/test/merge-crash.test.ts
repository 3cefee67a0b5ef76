import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openCache } from '@souk/cache';
import { type ServiceHost, systemClock, unavailable } from '@souk/kernel';
import { eventually, testEngines, testNamespace } from '@souk/testing';
import { MergeCart } from '../src/app/merge-cart.ts';
import type { CartStore } from '../src/app/ports.ts';
import { RedisCarts } from '../src/storage/redis-carts.ts';
import { quantities } from './cart-rig.ts';

const ignore = (): void => undefined;
const stops: (() => Promise<void>)[] = [];
let store: RedisCarts;

beforeAll(async () => {
  const host: ServiceHost = {
    name: 'cart',
    namespace: testNamespace(),
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    clock: systemClock,
    engines: testEngines(),
    healthCheck: ignore,
    onStop: (_phase, stop) => {
      stops.push(stop);
    },
  };
  store = new RedisCarts(openCache(host, { role: 'store' }), systemClock);
  await eventually(() => store.read(randomUUID(), 'current'));
});

afterAll(async () => {
  await Promise.all(stops.map((stop) => stop()));
});

async function fill(ownerId: string, sku: string, quantity: number): Promise<void> {
  await store.change({
    ownerId,
    ownerKind: 'guest',
    ref: 'current',
    create: true,
    commands: [{ kind: 'add', sku, quantity, info: { productId: '', title: '' } }],
    context: {},
    version: undefined,
    operation: undefined,
  });
}

/** The store, which dies at one step: before it has an effect, or after with the answer lost. */
function dyingAt(step: 'change' | 'discard', when: 'before' | 'after'): CartStore {
  const die = async (effect: () => Promise<unknown>): Promise<never> => {
    if (when === 'after') await effect();
    throw unavailable('REDIS_UNAVAILABLE', 'gone');
  };
  return {
    read: (...args) => store.read(...args),
    reserveForMerge: (...args) => store.reserveForMerge(...args),
    cancelMerge: (...args) => store.cancelMerge(...args),
    change: (...args) => (step === 'change' ? die(() => store.change(...args)) : store.change(...args)),
    discard: (...args) => (step === 'discard' ? die(() => store.discard(...args)) : store.discard(...args)),
  };
}

describe('a merge that dies', () => {
  it.each([
    ['change', 'before'],
    ['change', 'after'],
    ['discard', 'before'],
    ['discard', 'after'],
  ] as const)('at %s, %s its effect, is completed by its repetition', async (step, when) => {
    const [account, guest] = [{ id: randomUUID(), kind: 'account' } as const, randomUUID()];
    await fill(account.id, 'A', 1);
    await fill(guest, 'A', 2);
    await expect(new MergeCart(dyingAt(step, when)).merge(account, guest, 'sum')).rejects.toMatchObject({
      kind: 'unavailable',
    });
    const merged = await new MergeCart(store).merge(account, guest, 'sum');
    expect(quantities(merged)).toEqual({ A: 3 });
    expect(await store.read(guest, 'current')).toBeUndefined();
  });

  it('keeps the guest’s cart from being changed or taken by another account', async () => {
    const [account, guest] = [{ id: randomUUID(), kind: 'account' } as const, randomUUID()];
    await fill(guest, 'A', 2);
    await expect(new MergeCart(dyingAt('change', 'after')).merge(account, guest, 'sum')).rejects.toThrow();
    await expect(fill(guest, 'A', 1)).rejects.toMatchObject({ reason: 'CART_MERGED' });
    const thief = { id: randomUUID(), kind: 'account' } as const;
    await expect(new MergeCart(store).merge(thief, guest, 'sum')).rejects.toMatchObject({
      reason: 'CART_MERGED',
    });
  });
});
