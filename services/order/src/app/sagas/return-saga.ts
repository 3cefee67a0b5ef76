import type { Clock } from '@souk/kernel';
import type { Order } from '../../domain/order.ts';
import { completeReturn, type OrderReturn } from '../../domain/order-return.ts';
import type { OrderTransaction, Payments, Stock, Units } from '../ports.ts';
import type { SagaDefinition } from '../saga/saga.ts';
import { fromStored, readData, type StoredMoney, toStored } from './saga-data.ts';

/** What the receipt of a return knows. */
export interface ReturnData {
  readonly returnId: string;
  readonly orderId: string;
  readonly paymentId: string;
  readonly refund: StoredMoney;
  readonly good: readonly Units[];
  readonly damaged: readonly Units[];
}

/** The saga's kind. */
export const RETURN = 'return';

/** The data of a return that was received. */
export function returnData(order: Order, orderReturn: OrderReturn): ReturnData {
  const units = (field: 'goodQuantity' | 'damagedQuantity'): Units[] =>
    orderReturn.lines
      .filter((line) => line[field] > 0)
      .map((line) => ({ sku: line.sku, quantity: line[field] }));
  return {
    returnId: orderReturn.returnId,
    orderId: order.orderId,
    paymentId: order.paymentId ?? '',
    refund: toStored(orderReturn.refund),
    good: units('goodQuantity'),
    damaged: units('damagedQuantity'),
  };
}

/** Refunds and restocks what came back, then completes the return. */
export function returnSaga(services: {
  readonly stock: Stock;
  readonly payments: Payments;
  readonly clock: Clock;
}): SagaDefinition<ReturnData, OrderTransaction> {
  const { stock, payments, clock } = services;
  const retry = { attempts: 4, delayMs: 100, maxDelayMs: 10_000 };
  return {
    kind: RETURN,
    decode: decodeReturn,
    stages: [
      {
        steps: [
          {
            name: 'refund',
            timeoutMs: 5_000,
            retry,
            action: async ({ paymentId, refund, returnId }, call) => {
              const amount = fromStored(refund);
              if (!amount.isZero)
                await payments.refund(
                  { paymentId, amount, reason: 'goods returned', reference: returnId },
                  call,
                );
              return {};
            },
          },
          {
            name: 'restock',
            timeoutMs: 2_000,
            retry,
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
