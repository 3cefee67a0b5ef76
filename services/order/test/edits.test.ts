import { randomUUID } from 'node:crypto';
import { Code, ConnectError, type Client } from '@connectrpc/connect';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { OrderEditState } from '@souk/gen/souk/order/v1/edit_pb';
import { OrderEditService } from '@souk/gen/souk/order/v1/edit_service_pb';
import { DocumentKind } from '@souk/gen/souk/order/v1/document_pb';
import { type Order, OrderState, PaymentState, ReturnReason } from '@souk/gen/souk/order/v1/order_pb';
import { moneyFromProto } from '@souk/rpc';
import { eventually } from '@souk/testing';
import { refusalOf, type Shopper, startOrder, type TestOrder } from './start-order.ts';

type Edits = Client<typeof OrderEditService>;
type Change = NonNullable<Parameters<Edits['stageOrderEdit']>[0]['changes']>[number];

let test: TestOrder;

beforeAll(async () => {
  test = await startOrder({ SOUK_ORDER_DOCUMENT_POLL_MS: '20' });
});
afterEach(() => {
  test.world.fault = () => undefined;
});
afterAll(() => test.service.stop());

interface Buyer extends Shopper {
  readonly edits: Edits;
}

function buyer(): Buyer {
  const shopper = test.shopper();
  const principal = { kind: 'guest', id: shopper.id } as const;
  return { ...shopper, edits: test.service.client(OrderEditService, { principal }) };
}

async function buy({ client, request }: Shopper, lines: Record<string, number>): Promise<Order> {
  const { order } = await client.placeOrder(request(lines));
  if (order === undefined) throw new Error('no order');
  return order;
}

const add = (sku: string, quantity: number): Change => ({
  change: { case: 'add', value: { sku, quantity } },
});
const set = (lineId: string, quantity: number): Change => ({
  change: { case: 'setQuantity', value: { lineId, quantity } },
});

async function stage({ edits }: Buyer, orderId: string, ...changes: Change[]) {
  const { edit } = await edits.stageOrderEdit({ requestId: randomUUID(), orderId, changes });
  if (edit === undefined) throw new Error('no edit');
  return edit;
}

const confirm = ({ edits }: Buyer, editId: string, paymentMethod = 'pm_card_visa') =>
  edits.confirmOrderEdit({ requestId: randomUUID(), editId, paymentMethod });

/** What payment holds for an order: captured less refunded, in pence. */
const heldBy = (orderId: string): bigint =>
  test.world
    .paymentsOf(orderId)
    .reduce(
      (sum, { state, authorized, refunded }) => sum + (state === 'captured' ? authorized - refunded : 0n),
      0n,
    );

const minor = (money: Parameters<typeof moneyFromProto>[0]): bigint => moneyFromProto(money, 'amount').minor;

/** Waits until nothing is under way, and checks that order, payment and documents agree. */
async function settled(shopper: Buyer, orderId: string): Promise<Order> {
  const order = await eventually(async () => {
    const { sagas } = await test.staff('order.sagas.read').listSagas({ orderId });
    expect(sagas).toEqual([]);
    const read = await shopper.client.getOrder({ orderId });
    if (read.order === undefined) throw new Error('no order');
    const worth = minor(read.order.totals?.total) - minor(read.order.refunded);
    const documents = read.order.documents.reduce(
      (sum, { kind, total }) => sum + (kind === DocumentKind.INVOICE ? minor(total) : -minor(total)),
      0n,
    );
    expect({ worth, documents }).toEqual({ worth: heldBy(orderId), documents: heldBy(orderId) });
    return read.order;
  });
  const lines = order.lines.reduce((sum, { total }) => sum + minor(total), 0n);
  expect(lines).toBe(minor(order.totals?.total));
  return order;
}

describe('order edits', () => {
  it('preview, then charge for what is added, and invoice it', async () => {
    const shopper = buyer();
    const before = test.world.stock.get('B') ?? 0;
    const { orderId } = await buy(shopper, { A: 1 });
    const edit = await stage(shopper, orderId, add('B', 2));
    expect(edit).toMatchObject({ state: OrderEditState.STAGED, added: [{ sku: 'B', quantity: 2 }] });
    expect(minor(edit.difference)).toBe(799n);
    expect((await shopper.client.getOrder({ orderId })).order?.lines).toHaveLength(1);
    const { edit: applied } = await confirm(shopper, edit.editId);
    expect(applied?.state).toBe(OrderEditState.APPLIED);
    const order = await settled(shopper, orderId);
    expect(order.lines.map(({ sku, quantity }) => [sku, quantity])).toEqual([
      ['A', 1],
      ['B', 2],
    ]);
    expect(order).toMatchObject({ lineCount: 2, state: OrderState.CONFIRMED });
    expect(heldBy(orderId)).toBe(1_999n);
    expect(test.world.stock.get('B')).toBe(before - 2);
    expect(order.documents).toHaveLength(2);
  });

  it('pay back and restock what is removed, and come to nothing when undone (vendure#4013)', async () => {
    const shopper = buyer();
    test.world.discountPerMille = 37n;
    const { orderId, totals } = await buy(shopper, { B: 3, C: 1 });
    test.world.discountPerMille = 0n;
    const stock = test.world.stock.get('B') ?? 0;
    await confirm(shopper, (await stage(shopper, orderId, set('1', 1))).editId, '');
    const without = await settled(shopper, orderId);
    expect(without.paymentState).toBe(PaymentState.PARTIALLY_REFUNDED);
    expect(test.world.stock.get('B')).toBe(stock + 2);
    const undo = await stage(shopper, orderId, set('1', 3));
    expect(minor(undo.difference)).toBe(minor(without.refunded));
    await confirm(shopper, undo.editId);
    await settled(shopper, orderId);
    expect(heldBy(orderId)).toBe(minor(totals?.total));
    expect(test.world.stock.get('B')).toBe(stock);
  });

  it('net what is removed against what is added, also between returns and cancellations', async () => {
    const shopper = buyer();
    const { orderId } = await buy(shopper, { A: 3, B: 3 });
    await confirm(shopper, (await stage(shopper, orderId, set('1', 2), add('C', 5))).editId, '');
    expect(heldBy((await settled(shopper, orderId)).orderId)).toBe(3_600n + 1_199n - 1_200n + 30n);
    const { orderReturn } = await shopper.client.createReturn({
      requestId: randomUUID(),
      orderId,
      lines: [{ lineId: '2', quantity: 2 }],
      reason: ReturnReason.UNWANTED,
    });
    const returnId = orderReturn?.returnId ?? '';
    await test.staff('order.returns.write').receiveReturn({ requestId: randomUUID(), returnId });
    await settled(shopper, orderId);
    await confirm(shopper, (await stage(shopper, orderId, set('3', 0), add('A', 1))).editId);
    const order = await settled(shopper, orderId);
    expect(order.state).toBe(OrderState.PARTIALLY_RETURNED);
  });

  it('leave the order as it was when stock or payment refuses, and hold nothing', async () => {
    const shopper = buyer();
    const { orderId } = await buy(shopper, { A: 1 });
    const stock = test.world.stock.get('B') ?? 0;
    const declined = await stage(shopper, orderId, add('B', 1));
    expect(await refusalOf(confirm(shopper, declined.editId, 'pm_card_declined'))).toMatchObject({
      reason: 'PAYMENT_DECLINED',
    });
    const challenged = await stage(shopper, orderId, add('B', 1));
    expect(await refusalOf(confirm(shopper, challenged.editId, 'pm_card_challenge'))).toMatchObject({
      reason: 'PAYMENT_DECLINED',
      metadata: { provider_reason: 'authentication_required' },
    });
    const short = await stage(shopper, orderId, add('B', 5_000));
    expect(await refusalOf(confirm(shopper, short.editId))).toMatchObject({
      reason: 'STOCK_INSUFFICIENT',
      metadata: { sku: 'B' },
    });
    const order = await settled(shopper, orderId);
    expect(order.lines).toHaveLength(1);
    expect(test.world.stock.get('B')).toBe(stock);
    const { edits } = await shopper.edits.listOrderEdits({ orderId });
    expect(edits.map(({ state }) => state)).toEqual(Array(3).fill(OrderEditState.FAILED));
    expect(edits[2]?.failure?.reason).toBe('STOCK_INSUFFICIENT');
    // The order takes changes again.
    await shopper.client.cancelOrder({ orderId });
  });

  it.each([
    'reserveStock',
    'authorizePayment',
    'commitReservation',
    'capturePayment',
    'refundOrder',
    'restockReturn',
  ])('happen once though the answer of %s is lost', async (rpc) => {
    const shopper = buyer();
    const { orderId } = await buy(shopper, { A: 2, B: 1 });
    await settled(shopper, orderId);
    const isRefund = rpc === 'refundOrder' || rpc === 'restockReturn';
    const change = isRefund ? set('1', 1) : add('C', 2);
    const edit = await stage(shopper, orderId, change);
    let lost = 2;
    test.world.fault = (called, phase, of) => {
      if (called === rpc && phase === 'after' && of === orderId && lost-- > 0)
        throw new ConnectError('gone', Code.Unavailable);
    };
    const requestId = randomUUID();
    const ask = () =>
      shopper.edits.confirmOrderEdit({ requestId, editId: edit.editId, paymentMethod: 'pm_card_visa' });
    const [one, two] = await Promise.all([ask(), ask()]);
    expect([OrderEditState.APPLYING, OrderEditState.APPLIED]).toContain(one.edit?.state);
    expect(two.edit?.editId).toBe(edit.editId);
    const order = await settled(shopper, orderId);
    expect(heldBy(orderId)).toBe(isRefund ? 1_600n : 2_812n);
    expect(order.lines).toHaveLength(isRefund ? 2 : 3);
  });

  it('are refused to strangers, twice, when outdated, discarded or unpaid', async () => {
    const shopper = buyer();
    const { orderId } = await buy(shopper, { A: 2 });
    const reasonOf = async (call: Promise<unknown>) => (await refusalOf(call))?.reason;
    const request = { requestId: randomUUID(), orderId, changes: [add('B', 1)] };
    const { edit } = await shopper.edits.stageOrderEdit(request);
    const editId = edit?.editId ?? '';
    expect((await shopper.edits.stageOrderEdit(request)).edit).toEqual(edit);
    expect(await reasonOf(shopper.edits.stageOrderEdit({ ...request, note: 'other' }))).toBe(
      'REQUEST_ID_REUSED',
    );
    const stranger = buyer();
    expect(await reasonOf(stranger.edits.getOrderEdit({ editId }))).toBe('EDIT_NOT_FOUND');
    expect(await reasonOf(stranger.edits.listOrderEdits({ orderId }))).toBe('ORDER_NOT_FOUND');
    expect(await reasonOf(stage(stranger, orderId, add('B', 1)))).toBe('ORDER_NOT_FOUND');
    expect(await reasonOf(confirm(stranger, editId))).toBe('EDIT_NOT_FOUND');
    expect(await reasonOf(stranger.edits.discardOrderEdit({ editId }))).toBe('EDIT_NOT_FOUND');
    expect(await reasonOf(confirm(shopper, editId, ''))).toBe('PAYMENT_METHOD_REQUIRED');
    const other = await stage(shopper, orderId, set('1', 1));
    await confirm(shopper, other.editId, '');
    await settled(shopper, orderId);
    expect(await reasonOf(confirm(shopper, editId))).toBe('EDIT_OUTDATED');
    expect(await reasonOf(confirm(shopper, other.editId))).toBe('EDIT_STATE_FORBIDS');
    const { edit: discarded } = await shopper.edits.discardOrderEdit({ editId });
    expect(discarded?.state).toBe(OrderEditState.DISCARDED);
    expect(await reasonOf(confirm(shopper, editId))).toBe('EDIT_STATE_FORBIDS');
    expect(await reasonOf(shopper.edits.discardOrderEdit({ editId: other.editId }))).toBe(
      'EDIT_STATE_FORBIDS',
    );
    expect(await reasonOf(stage(shopper, orderId, set('1', 0)))).toBe('EDIT_EMPTY');
    expect(await reasonOf(stage(shopper, orderId, set('9', 1)))).toBe('LINE_UNKNOWN');
    expect(await reasonOf(stage(shopper, orderId, add('NOPRICE', 1)))).toBe('PRICE_UNAVAILABLE');
    expect(await reasonOf(stage(shopper, orderId, add('OLD', 1)))).toBe('VARIANT_UNAVAILABLE');
  });
});
