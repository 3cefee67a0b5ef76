import { randomUUID } from 'node:crypto';
import type { Client } from '@connectrpc/connect';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type OrderReturn, ReturnReason, ReturnState } from '@souk/gen/souk/order/v1/order_pb';
import { ReturnService } from '@souk/gen/souk/order/v1/return_service_pb';
import { refusalOf, type Shopper, startOrder, type TestOrder } from './start-order.ts';

let test: TestOrder;
let warehouse: Client<typeof ReturnService>;

beforeAll(async () => {
  test = await startOrder();
  const principal = { kind: 'user', id: randomUUID(), permissions: ['order.returns.write'] } as const;
  warehouse = test.service.client(ReturnService, { principal });
});
afterAll(() => test.service.stop());

async function announce(
  { client, request }: Shopper,
  quantity = 2,
): Promise<{ orderId: string; orderReturn: OrderReturn }> {
  const { order } = await client.placeOrder(request({ A: quantity }));
  const orderId = order?.orderId ?? '';
  const { orderReturn } = await client.createReturn({
    requestId: randomUUID(),
    orderId,
    lines: [{ lineId: '1', quantity }],
    reason: ReturnReason.DEFECTIVE,
  });
  if (orderReturn === undefined) throw new Error('no return');
  return { orderId, orderReturn };
}

const buyerOf = ({ id }: Shopper) => test.service.client(ReturnService, { principal: { kind: 'guest', id } });
const reasonOf = async (call: Promise<unknown>) => (await refusalOf(call))?.reason;

describe('returns', () => {
  it('go from approval over arrival and inspection to refund and restocking by condition', async () => {
    const shopper = test.shopper();
    const { orderReturn, orderId } = await announce(shopper, 3);
    const { returnId } = orderReturn;
    const approved = await warehouse.approveReturn({ returnId, note: 'Send it to Dock 4.' });
    expect(approved.orderReturn).toMatchObject({
      state: ReturnState.APPROVED,
      decisionNote: 'Send it to Dock 4.',
    });
    expect((await warehouse.approveReturn({ returnId })).orderReturn).toEqual(approved.orderReturn);
    const arrived = await warehouse.recordReturnArrival({ returnId });
    expect(arrived.orderReturn?.state).toBe(ReturnState.ARRIVED);
    const before = { good: test.world.stock.get('A') ?? 0, damaged: test.world.damaged.get('A') ?? 0 };
    const { orderReturn: done } = await test.staff('order.returns.write').receiveReturn({
      requestId: randomUUID(),
      returnId,
      lines: [{ lineId: '1', goodQuantity: 1, damagedQuantity: 2 }],
    });
    expect(done?.state).toBe(ReturnState.COMPLETED);
    expect(test.world.stock.get('A')).toBe(before.good + 1);
    expect(test.world.damaged.get('A')).toBe(before.damaged + 2);
    const { order } = await shopper.client.getOrder({ orderId });
    expect(order?.refunded).toEqual(order?.totals?.total);
  });

  it('that are refused or withdrawn free their units, and move neither money nor stock', async () => {
    for (const end of ['refuse', 'withdraw'] as const) {
      const shopper = test.shopper();
      const { orderReturn, orderId } = await announce(shopper);
      const { returnId } = orderReturn;
      const finish = () =>
        end === 'refuse'
          ? warehouse.refuseReturn({ returnId, note: 'Worn.' })
          : buyerOf(shopper).withdrawReturn({ returnId });
      const ended = await finish();
      expect(ended.orderReturn?.state).toBe(end === 'refuse' ? ReturnState.REFUSED : ReturnState.WITHDRAWN);
      expect((await finish()).orderReturn).toEqual(ended.orderReturn);
      const receive = test.staff('order.returns.write').receiveReturn({ requestId: randomUUID(), returnId });
      expect(await reasonOf(receive)).toBe('RETURN_STATE_FORBIDS');
      expect(await reasonOf(warehouse.approveReturn({ returnId }))).toBe('RETURN_STATE_FORBIDS');
      const { order } = await shopper.client.getOrder({ orderId });
      expect(order?.lines[0]?.returnedQuantity).toBe(0);
      expect(order?.refunded).toMatchObject({ units: 0n, nanos: 0 });
      const again = await shopper.client.createReturn({
        requestId: randomUUID(),
        orderId,
        lines: [{ lineId: '1', quantity: 2 }],
        reason: ReturnReason.DEFECTIVE,
      });
      expect(again.orderReturn?.state).toBe(ReturnState.REQUESTED);
    }
  });

  it('cannot be refused or withdrawn once the goods are here', async () => {
    const shopper = test.shopper();
    const { orderReturn } = await announce(shopper);
    const { returnId } = orderReturn;
    await warehouse.recordReturnArrival({ returnId });
    expect(await reasonOf(warehouse.refuseReturn({ returnId, note: 'Late.' }))).toBe('RETURN_STATE_FORBIDS');
    expect(await reasonOf(buyerOf(shopper).withdrawReturn({ returnId }))).toBe('RETURN_STATE_FORBIDS');
    await test.staff('order.returns.write').receiveReturn({ requestId: randomUUID(), returnId });
    expect(await reasonOf(warehouse.recordReturnArrival({ returnId }))).toBe('RETURN_STATE_FORBIDS');
  });

  it('are decided by staff, withdrawn by their buyer, and hidden from strangers', async () => {
    const shopper = test.shopper();
    const { returnId } = (await announce(shopper)).orderReturn;
    expect(await reasonOf(buyerOf(shopper).approveReturn({ returnId }))).toBe('PERMISSION_MISSING');
    expect(await reasonOf(buyerOf(shopper).refuseReturn({ returnId, note: 'x' }))).toBe('PERMISSION_MISSING');
    expect(await reasonOf(buyerOf(shopper).recordReturnArrival({ returnId }))).toBe('PERMISSION_MISSING');
    expect(await reasonOf(buyerOf(test.shopper()).withdrawReturn({ returnId }))).toBe('RETURN_NOT_FOUND');
    const none = { returnId: randomUUID() };
    expect(await reasonOf(warehouse.approveReturn(none))).toBe('RETURN_NOT_FOUND');
    expect(await reasonOf(warehouse.refuseReturn({ ...none, note: 'x' }))).toBe('RETURN_NOT_FOUND');
    expect(await reasonOf(warehouse.recordReturnArrival(none))).toBe('RETURN_NOT_FOUND');
    expect(await reasonOf(warehouse.refuseReturn({ returnId }))).toBe('VALIDATION_FAILED');
  });
});
