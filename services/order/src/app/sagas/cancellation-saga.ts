import type { Clock, Money } from '@souk/kernel';
import { completeCancellation } from '../../domain/cancellation.ts';
import { type Order, SYSTEM } from '../../domain/order.ts';
import type { OrderTransaction, Payments, RestockedUnits, Stock } from '../ports.ts';
import type { SagaDefinition } from '../saga/saga.ts';
import { RETRY } from './checkout-saga.ts';
import { fromStored, readData, type StoredMoney, toStored } from './saga-data.ts';

/** What a cancellation knows. */
export interface CancellationData {
  /** The order's id when it was cancelled whole. */
  readonly cancellationId: string;
  readonly orderId: string;
  readonly paymentId: string;
  readonly amount: StoredMoney;
  readonly lines: readonly RestockedUnits[];
}

/** The saga's kind. */
export const CANCELLATION = 'cancellation';

/** The data of a cancellation: what is paid back, and what goes back to which shelf. */
export function cancellationData(
  order: Order,
  cancellationId: string,
  refund: Money,
  lines: readonly RestockedUnits[],
): CancellationData {
  const { orderId, paymentId = '' } = order;
  return { cancellationId, orderId, paymentId, amount: toStored(refund), lines };
}

/** Refunds and restocks what was cancelled. There is no way back: what is refused for good waits for an operator. */
export function cancellationSaga(services: {
  readonly stock: Stock;
  readonly payments: Payments;
  readonly clock: Clock;
}): SagaDefinition<CancellationData, OrderTransaction> {
  const { stock, payments, clock } = services;
  return {
    kind: CANCELLATION,
    decode: decodeCancellation,
    onRefusal: 'block',
    stages: [
      {
        steps: [
          {
            name: 'refund',
            timeoutMs: 5_000,
            retry: RETRY,
            action: async ({ paymentId, amount, orderId, cancellationId }, call) => {
              const refund = fromStored(amount);
              if (!refund.isZero)
                await payments.refund(
                  {
                    orderId,
                    paymentId,
                    amount: refund,
                    reason: 'order cancelled',
                    reference: cancellationId,
                  },
                  call,
                );
              return {};
            },
          },
          {
            name: 'restock',
            timeoutMs: 2_000,
            retry: RETRY,
            action: async ({ orderId, cancellationId, lines }, call) => {
              if (lines.length > 0)
                await stock.restock({ returnId: cancellationId, orderId, good: lines, damaged: [] }, call);
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
          const change = { actor: SYSTEM, reason: 'cancellation', now: clock.now() };
          await tx.saveOrder(before, completeCancellation(before, fromStored(amount), change));
        },
      },
    ],
  };
}

function decodeCancellation(stored: unknown): CancellationData {
  const data = readData(stored);
  const orderId = data.text('orderId');
  return {
    cancellationId: data.textOr('cancellationId', orderId),
    orderId,
    paymentId: data.text('paymentId'),
    amount: data.money('amount'),
    lines: data.units('lines'),
  };
}
