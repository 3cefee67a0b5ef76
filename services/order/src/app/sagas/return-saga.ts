import type { Clock } from '@souk/kernel';
import type { Order } from '../../domain/order.ts';
import { completeReturn, type OrderReturn } from '../../domain/order-return.ts';
import type { OrderTransaction, Payments, RestockedUnits, Stock } from '../ports.ts';
import type { SagaDefinition } from '../saga/saga.ts';
import { RETRY } from './checkout-saga.ts';
import { fromStored, readData, type StoredMoney, toStored } from './saga-data.ts';

/** What the receipt of a return knows. */
export interface ReturnData {
  readonly returnId: string;
  readonly orderId: string;
  readonly paymentId: string;
  readonly refund: StoredMoney;
  readonly good: readonly RestockedUnits[];
  readonly damaged: readonly RestockedUnits[];
}

/** The saga's kind. */
export const RETURN = 'return';

/** The data of a return that was received. */
export function returnData(order: Order, orderReturn: OrderReturn): ReturnData {
  const units = (field: 'goodQuantity' | 'damagedQuantity'): RestockedUnits[] =>
    orderReturn.lines
      .filter((line) => line[field] > 0)
      .map((line) => ({ sku: line.sku, quantity: line[field], locationId: '' }));
  return {
    returnId: orderReturn.returnId,
    orderId: order.orderId,
    paymentId: order.paymentId ?? '',
    refund: toStored(orderReturn.refund),
    good: units('goodQuantity'),
    damaged: units('damagedQuantity'),
  };
}

/** Refunds and restocks what came back, then completes the return. What is refused for good waits for an operator. */
export function returnSaga(services: {
  readonly stock: Stock;
  readonly payments: Payments;
  readonly clock: Clock;
}): SagaDefinition<ReturnData, OrderTransaction> {
  const { stock, payments, clock } = services;
  return {
    kind: RETURN,
    decode: decodeReturn,
    onRefusal: 'block',
    stages: [
      {
        steps: [
          {
            name: 'refund',
            timeoutMs: 5_000,
            retry: RETRY,
            action: async ({ orderId, paymentId, refund, returnId }, call) => {
              const amount = fromStored(refund);
              if (!amount.isZero)
                await payments.refund(
                  { orderId, paymentId, amount, reason: 'goods returned', reference: returnId },
                  call,
                );
              return {};
            },
          },
          {
            name: 'restock',
            timeoutMs: 2_000,
            retry: RETRY,
            action: async (data, call) => {
              if (data.good.length + data.damaged.length > 0) await stock.restock(data, call);
              return {};
            },
          },
        ],
      },
      {
        name: 'complete',
        run: async (tx, { orderId, returnId }) => {
          const order = await tx.lockOrder(orderId);
          const locked = await tx.lockReturn(returnId);
          if (order === undefined || locked === undefined) throw new Error(`return ${returnId} is gone`);
          const completed = completeReturn(order, locked.orderReturn, clock.now());
          await tx.saveOrder(order, completed.order);
          await tx.saveReturn(completed.orderReturn);
          await tx.tell([{ type: 'return-completed', ...completed }]);
        },
      },
    ],
  };
}

function decodeReturn(stored: unknown): ReturnData {
  const data = readData(stored);
  return {
    returnId: data.text('returnId'),
    orderId: data.text('orderId'),
    paymentId: data.text('paymentId'),
    refund: data.money('refund'),
    good: data.units('good'),
    damaged: data.units('damaged'),
  };
}
