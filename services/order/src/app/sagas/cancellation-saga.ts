import type { Clock } from '@souk/kernel';
import { markRefunded, type Order } from '../../domain/order.ts';
import type { OrderTransaction, Payments, Stock, Units } from '../ports.ts';
import type { SagaDefinition } from '../saga/saga.ts';
import { fromStored, readData, type StoredMoney, toStored } from './saga-data.ts';

/** What a cancellation knows. */
export interface CancellationData {
  readonly orderId: string;
  readonly paymentId: string;
  readonly amount: StoredMoney;
  readonly lines: readonly Units[];
}

/** The saga's kind. */
export const CANCELLATION = 'cancellation';

/** The data of an order's cancellation. */
export function cancellationData(order: Order): CancellationData {
  return {
    orderId: order.orderId,
    paymentId: order.paymentId ?? '',
    amount: toStored(order.totals.total),
    lines: order.lines.map(({ sku, quantity }) => ({ sku, quantity })),
  };
}

/** Refunds and restocks a cancelled order. Nothing here can be refused, so there is nothing to undo. */
export function cancellationSaga(services: {
  readonly stock: Stock;
  readonly payments: Payments;
  readonly clock: Clock;
}): SagaDefinition<CancellationData, OrderTransaction> {
  const { stock, payments, clock } = services;
  const retry = { attempts: 4, delayMs: 100, maxDelayMs: 10_000 };
  return {
    kind: CANCELLATION,
    decode: decodeCancellation,
    stages: [
      {
        steps: [
          {
            name: 'refund',
            timeoutMs: 5_000,
            retry,
            action: async ({ paymentId, amount, orderId }, call) => {
              const request = {
                paymentId,
                amount: fromStored(amount),
                reason: 'order cancelled',
                reference: orderId,
              };
              await payments.refund(request, call);
              return {};
            },
          },
          {
            name: 'restock',
            timeoutMs: 2_000,
            retry,
            action: async ({ orderId, lines }, call) => {
              await stock.restock({ returnId: orderId, orderId, good: lines, damaged: [] }, call);
              return {};
            },
          },
        ],
      },
      {
        name: 'refunded',
        run: async (tx, { orderId, amount }) => {
          const before = await tx.lockOrder(orderId);
          if (before === undefined) throw new Error(`order ${orderId} is gone`);
          await tx.saveOrder(before, markRefunded(before, fromStored(amount), clock.now()));
        },
      },
    ],
  };
}

function decodeCancellation(stored: unknown): CancellationData {
  const data = readData(stored);
  return {
    orderId: data.text('orderId'),
    paymentId: data.text('paymentId'),
    amount: data.money('amount'),
    lines: data.units('lines'),
  };
}
