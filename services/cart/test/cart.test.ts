import { randomUUID } from 'node:crypto';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CartProblemKind, LineProblemKind } from '@souk/gen/souk/cart/v1/cart_pb';
import { moneyFromProto } from '@souk/rpc';
import { eventually, type TestService } from '@souk/testing';
import {
  account,
  guest,
  quantities,
  reasonOf,
  type Shopper,
  type Surroundings,
  shopping,
  startCart,
} from './cart-rig.ts';

let service: TestService;
let surroundings: Surroundings;

beforeAll(async () => {
  ({ service, surroundings } = await startCart());
  await eventually(() => as(guest()).getCart({ cartId: 'current' }));
});

afterAll(async () => {
  await service.stop();
});

beforeEach(() => {
  surroundings.pricingDown = false;
  surroundings.inventoryDown = false;
});

const as = (shopper: Shopper) => shopping(service, shopper);
const CURRENT = { cartId: 'current' };
const items = (...entries: [string, number][]) => entries.map(([sku, quantity]) => ({ sku, quantity }));

describe('a cart', () => {
  it('is empty without an id until the first add', async () => {
    const { cart } = await as(guest()).getCart(CURRENT);
    expect(cart).toMatchObject({
      cartId: '',
      etag: '',
      currency: 'GBP',
      country: 'GB',
      lines: [],
      problems: [],
    });
  });

  it('shows titles from catalog, prices from pricing, and lives as long as its kind', async () => {
    for (const [shopper, days] of [
      [guest(), 30],
      [account(), 90],
    ] as const) {
      const { cart } = await as(shopper).addItems({ ...CURRENT, items: items(['LAMP', 3], ['BOOK', 1]) });
      expect(quantities(cart)).toEqual({ BOOK: 1, LAMP: 3 });
      expect(cart?.lines[0]).toMatchObject({ title: 'Title of BOOK, red', productId: 'product-of-BOOK' });
      expect(moneyFromProto(cart?.totals?.total, 'total').minor).toBe(480n);
      const [updated, expires] = [cart?.updateTime, cart?.expireTime].map(
        (time) => time && timestampDate(time),
      );
      expect(Number(expires) - Number(updated)).toBe(days * 86_400_000);
      const byId = await as(shopper).getCart({ cartId: cart?.cartId ?? '' });
      expect(byId.cart).toEqual(cart);
    }
  });

  it('adds up, sets, takes out and clears', async () => {
    const shopper = as(guest());
    await shopper.addItems({ ...CURRENT, items: items(['A', 1], ['B', 2], ['A', 4]) });
    const { cart } = await shopper.addItems({ ...CURRENT, items: items(['B', 1]) });
    expect(quantities(cart)).toEqual({ A: 5, B: 3 });
    const set = await shopper.updateItem({ ...CURRENT, sku: 'A', quantity: 2, etag: cart?.etag ?? '' });
    expect(quantities(set.cart)).toEqual({ A: 2, B: 3 });
    expect(quantities((await shopper.removeItem({ ...CURRENT, sku: 'A' })).cart)).toEqual({ B: 3 });
    const absent = await shopper.removeItem({ ...CURRENT, sku: 'A' });
    expect(absent.cart?.etag).toBe((await shopper.getCart(CURRENT)).cart?.etag);
    expect(quantities((await shopper.clearCart(CURRENT)).cart)).toEqual({});
    const again = await shopper.addItems({ ...CURRENT, items: items(['C', 1]) });
    expect(again.cart?.cartId).toBe(cart?.cartId);
  });

  it('is nobody else’s', async () => {
    const { cart } = await as(guest()).addItems({ ...CURRENT, items: items(['A', 1]) });
    const cartId = cart?.cartId ?? '';
    const other = as(account());
    await other.addItems({ ...CURRENT, items: items(['Z', 1]) });
    const attempts = [
      other.getCart({ cartId }),
      other.addItems({ cartId, items: items(['A', 1]) }),
      other.updateItem({ cartId, sku: 'A', quantity: 9, etag: cart?.etag ?? '' }),
      other.removeItem({ cartId, sku: 'A' }),
      other.clearCart({ cartId }),
    ];
    expect(await Promise.all(attempts.map(reasonOf))).toEqual(Array.from(attempts, () => 'CART_NOT_FOUND'));
  });
});

describe('changes', () => {
  it('have one effect per request id, however often and at once they come', async () => {
    const shopper = as(guest());
    const request = { ...CURRENT, items: items(['A', 2]), requestId: randomUUID() };
    await Promise.all(Array.from({ length: 20 }, () => shopper.addItems(request)));
    expect(quantities((await shopper.addItems(request)).cart)).toEqual({ A: 2 });
    expect(await reasonOf(shopper.addItems({ ...request, items: items(['A', 3]) }))).toBe(
      'REQUEST_ID_REUSED',
    );
  });

  it('are not lost when they come at once', async () => {
    const shopper = as(guest());
    await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        shopper.addItems({ ...CURRENT, items: items(['SAME', 1], [`S${index % 4}`, 1]) }),
      ),
    );
    const { cart } = await shopper.getCart(CURRENT);
    expect(quantities(cart)).toEqual({ SAME: 40, S0: 10, S1: 10, S2: 10, S3: 10 });
  });

  it('are refused when the etag is old', async () => {
    const shopper = as(guest());
    const { cart } = await shopper.addItems({ ...CURRENT, items: items(['A', 1]) });
    const etag = cart?.etag ?? '';
    await shopper.addItems({ ...CURRENT, items: items(['A', 1]), etag });
    expect(await reasonOf(shopper.addItems({ ...CURRENT, items: items(['A', 1]), etag }))).toBe(
      'ETAG_MISMATCH',
    );
    expect(await reasonOf(shopper.updateItem({ ...CURRENT, sku: 'A', quantity: 5, etag }))).toBe(
      'ETAG_MISMATCH',
    );
    expect(quantities((await shopper.getCart(CURRENT)).cart)).toEqual({ A: 2 });
  });

  it('are all or nothing', async () => {
    const shopper = as(guest());
    const { cart } = await shopper.addItems({ ...CURRENT, items: items(['A', 99_999]) });
    const refusals = {
      QUANTITY_LIMIT_EXCEEDED: items(['B', 1], ['A', 2]),
      LINE_LIMIT_EXCEEDED: items(...Array.from({ length: 1_000 }, (_, n): [string, number] => [`N${n}`, 1])),
      SKU_UNKNOWN: items(['B', 1], ['UNKNOWN', 1]),
      SKU_INACTIVE: items(['B', 1], ['OLD', 1]),
    };
    for (const [reason, refused] of Object.entries(refusals)) {
      expect(await reasonOf(shopper.addItems({ ...CURRENT, items: refused }))).toBe(reason);
    }
    expect(
      await reasonOf(shopper.updateItem({ ...CURRENT, sku: 'B', quantity: 1, etag: cart?.etag ?? '' })),
    ).toBe('LINE_NOT_FOUND');
    expect((await shopper.getCart(CURRENT)).cart).toEqual(cart);
  });

  it('keep currency and country while there are lines', async () => {
    const shopper = as(guest());
    const irish = { ...CURRENT, items: items(['A', 1]), currency: 'EUR', country: 'IE' };
    expect((await shopper.addItems(irish)).cart).toMatchObject({ currency: 'EUR', country: 'IE' });
    expect((await shopper.addItems({ ...CURRENT, items: items(['A', 1]) })).cart).toMatchObject({
      country: 'IE',
    });
    expect(await reasonOf(shopper.addItems({ ...irish, currency: 'GBP' }))).toBe('CONTEXT_MISMATCH');
    await shopper.clearCart(CURRENT);
    expect((await shopper.addItems({ ...irish, country: 'FR' })).cart).toMatchObject({ country: 'FR' });
  });

  it('take a thousand lines', async () => {
    const shopper = as(guest());
    const many = Array.from({ length: 1_000 }, (_, n): [string, number] => [`N${n}`, 1]);
    const { cart } = await shopper.addItems({ ...CURRENT, items: items(...many) });
    expect(cart?.lines).toHaveLength(1_000);
    expect(moneyFromProto(cart?.totals?.total, 'total').minor).toBe(120_000n);
  });
});

describe('reading', () => {
  it('says what is out of stock, partly available or without a price', async () => {
    surroundings.stock.set('GONE', 0n).set('FEW', 3n);
    const { cart } = await as(guest()).addItems({
      ...CURRENT,
      items: items(['GONE', 1], ['FEW', 5], ['FREE', 1], ['FINE', 1]),
    });
    const problems = new Map(cart?.lines.map((line) => [line.sku, line.problems.map(({ kind }) => kind)]));
    expect(Object.fromEntries(problems)).toEqual({
      GONE: [LineProblemKind.OUT_OF_STOCK],
      FEW: [LineProblemKind.PARTLY_AVAILABLE],
      FREE: [LineProblemKind.NO_PRICE],
      FINE: [],
    });
    expect(cart?.lines.find(({ sku }) => sku === 'FEW')?.problems[0]?.availableQuantity).toBe(3n);
    expect(cart?.lines.find(({ sku }) => sku === 'FREE')?.unitPrice).toBeUndefined();
  });

  it('goes on without pricing and inventory, and says so', async () => {
    const shopper = as(guest());
    await shopper.addItems({ ...CURRENT, items: items(['A', 1]) });
    surroundings.pricingDown = true;
    surroundings.inventoryDown = true;
    const { cart } = await shopper.getCart(CURRENT);
    expect(quantities(cart)).toEqual({ A: 1 });
    expect(cart?.totals).toBeUndefined();
    expect(cart?.problems.map(({ kind }) => kind)).toEqual([
      CartProblemKind.PRICES_UNAVAILABLE,
      CartProblemKind.STOCK_UNCHECKED,
    ]);
  });
});
