import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CartService, MergeStrategy } from '@souk/gen/souk/cart/v1/cart_service_pb';
import { eventually, type TestService } from '@souk/testing';
import { account, guest, quantities, reasonOf, type Shopper, shopping, startCart } from './cart-rig.ts';

let service: TestService;

beforeAll(async () => {
  ({ service } = await startCart());
  await eventually(() => as(guest()).getCart(CURRENT));
});

afterAll(async () => {
  await service.stop();
});

const CURRENT = { cartId: 'current' };
const as = (shopper: Shopper) => shopping(service, shopper);
const asOrder = () => service.client(CartService, { caller: 'order' });

async function fill(shopper: Shopper, lines: Record<string, number>, own: object = {}): Promise<string> {
  const items = Object.entries(lines).map(([sku, quantity]) => ({ sku, quantity }));
  const { cart } = await as(shopper).addItems({ ...CURRENT, items, ...own });
  return cart?.cartId ?? '';
}

describe('merging', () => {
  it.each([
    [MergeStrategy.SUM, 7],
    [MergeStrategy.MAX, 5],
    [MergeStrategy.KEEP_ACCOUNT, 2],
    [MergeStrategy.KEEP_GUEST, 5],
  ])('with strategy %i makes of 2 and 5 units %i, and keeps all other lines', async (strategy, both) => {
    const [mine, theirs] = [account(), guest()];
    await fill(mine, { BOTH: 2, MINE: 1 });
    await fill(theirs, { BOTH: 5, THEIRS: 3 });
    const guestToken = await service.tokenFor(theirs);
    const { cart } = await as(mine).mergeCart({ guestToken, strategy });
    expect(quantities(cart)).toEqual({ BOTH: both, MINE: 1, THEIRS: 3 });
    expect(cart?.lines.find(({ sku }) => sku === 'THEIRS')?.title).toBe('Title of THEIRS, red');
    expect((await as(theirs).getCart(CURRENT)).cart?.cartId).toBe('');

    const again = await as(mine).mergeCart({ guestToken, strategy });
    expect(quantities(again.cart)).toEqual({ BOTH: both, MINE: 1, THEIRS: 3 });
  });

  it('makes the account’s cart if it has none, and needs no guest cart', async () => {
    const [mine, theirs] = [account(), guest()];
    const guestToken = await service.tokenFor(theirs);
    const nothing = await as(mine).mergeCart({ guestToken, strategy: MergeStrategy.SUM });
    expect(nothing.cart?.cartId).toBe('');
    await fill(theirs, { A: 1 }, { currency: 'EUR', country: 'IE' });
    const { cart } = await as(mine).mergeCart({ guestToken, strategy: MergeStrategy.SUM });
    expect(cart).toMatchObject({ currency: 'EUR', country: 'IE' });
    expect(quantities(cart)).toEqual({ A: 1 });
  });

  it('counts nothing twice when many calls merge the same cart', async () => {
    const [mine, theirs] = [account(), guest()];
    await fill(theirs, { A: 3 });
    const guestToken = await service.tokenFor(theirs);
    await Promise.all(
      Array.from({ length: 10 }, () => as(mine).mergeCart({ guestToken, strategy: MergeStrategy.SUM })),
    );
    expect(quantities((await as(mine).getCart(CURRENT)).cart)).toEqual({ A: 3 });
  });

  it('leaves the guest’s cart alone when it is refused', async () => {
    const [mine, theirs] = [account(), guest()];
    await fill(mine, { A: 99_999 });
    await fill(theirs, { A: 2 });
    const guestToken = await service.tokenFor(theirs);
    const merge = as(mine).mergeCart({ guestToken, strategy: MergeStrategy.SUM });
    expect(await reasonOf(merge)).toBe('QUANTITY_LIMIT_EXCEEDED');
    await fill(theirs, { A: 1 });
    const { cart } = await as(mine).mergeCart({ guestToken, strategy: MergeStrategy.MAX });
    expect(quantities(cart)).toEqual({ A: 99_999 });
  });

  it('takes only the cart of a guest whose token is shown', async () => {
    const [mine, other] = [account(), account()];
    const merge = (guestToken: string): Promise<string | undefined> =>
      reasonOf(as(mine).mergeCart({ guestToken, strategy: MergeStrategy.SUM }));
    expect(await merge('nonsense')).toBe('GUEST_TOKEN_INVALID');
    expect(await merge(await service.tokenFor(other))).toBe('GUEST_TOKEN_INVALID');
    expect(await merge(`${await service.tokenFor(guest())}x`)).toBe('GUEST_TOKEN_INVALID');
    expect(
      await reasonOf(as(guest()).mergeCart({ guestToken: 'x', strategy: MergeStrategy.SUM })),
    ).not.toBeUndefined();
  });
});

describe('checkout', () => {
  const line = (sku: string, quantity: number) => ({ sku, quantity });

  it('reads the lines for their owner only', async () => {
    const shopper = guest();
    const cartId = await fill(shopper, { A: 2 });
    const { etag } = (await as(shopper).getCart(CURRENT)).cart ?? { etag: '' };
    const checkout = await asOrder().getCartForCheckout({ cartId: 'current', customerId: shopper.id, etag });
    expect(checkout).toMatchObject({ cartId, currency: 'GBP', country: 'GB', etag });
    expect(checkout.lines).toMatchObject([{ sku: 'A', quantity: 2, title: 'Title of A, red' }]);
    const read = (customerId: string, own: object = {}): Promise<string | undefined> =>
      reasonOf(asOrder().getCartForCheckout({ cartId, customerId, ...own }));
    expect(await read(randomUUID())).toBe('CART_NOT_FOUND');
    expect(await read(shopper.id, { etag: '"0"' })).toBe('ETAG_MISMATCH');
    await as(shopper).clearCart(CURRENT);
    expect(await read(shopper.id)).toBe('CART_EMPTY');
  });

  it('takes out exactly what was ordered, once per order', async () => {
    const shopper = guest();
    const cartId = await fill(shopper, { A: 2, B: 1 });
    await fill(shopper, { A: 1, C: 1 });
    const close = {
      cartId,
      customerId: shopper.id,
      orderId: randomUUID(),
      lines: [line('A', 2), line('B', 1)],
    };
    await Promise.all([asOrder().closeCart(close), asOrder().closeCart(close)]);
    await asOrder().closeCart(close);
    expect(quantities((await as(shopper).getCart(CURRENT)).cart)).toEqual({ A: 1, C: 1 });
    await asOrder().closeCart({ ...close, orderId: randomUUID() });
    expect(quantities((await as(shopper).getCart(CURRENT)).cart)).toEqual({ C: 1 });
    await asOrder().closeCart({ ...close, cartId: randomUUID() });
  });

  it('is for order only', async () => {
    const shopper = guest();
    expect(
      await reasonOf(as(shopper).getCartForCheckout({ cartId: 'current', customerId: shopper.id })),
    ).not.toBeUndefined();
    const catalog = service.client(CartService, { caller: 'catalog' });
    expect(
      await reasonOf(catalog.getCartForCheckout({ cartId: 'current', customerId: shopper.id })),
    ).not.toBe('CART_NOT_FOUND');
  });
});
