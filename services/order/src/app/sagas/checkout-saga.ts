import type { Clock } from '@souk/kernel';
import {
  amend,
  cancel,
  confirm,
  markPaid,
  markRefunded,
  type Order,
  reject,
  SYSTEM,
} from '../../domain/order.ts';
import type { Carts, OrderTransaction, Payments, Stock, Units } from '../ports.ts';
import type { RemoteStep, SagaDefinition } from '../saga/saga.ts';
import { fromStored, readData, type StoredMoney, toStored } from './saga-data.ts';

/** What the checkout knows. The payment method is forgotten as soon as the payment is authorised. */
export interface CheckoutData {
  readonly orderId: string;
  readonly customerId: string;
  readonly cartId: string;
  readonly amount: StoredMoney;
  readonly lines: readonly Units[];
  readonly paymentMethod: string;
  readonly paymentId: string;
  readonly committed: boolean;
  readonly captured: boolean;
}

/** The saga's kind. */
export const CHECKOUT = 'checkout';
/** The first stage after the one that PlaceOrder does by itself. */
export const CHECKOUT_BEGINS_AT = 1;

/** The data of an order's checkout. */
export function checkoutData(order: Order, paymentMethod: string): CheckoutData {
  return {
    orderId: order.orderId,
    customerId: order.customer.id,
    cartId: order.cartId,
    amount: toStored(order.totals.total),
    lines: order.lines.map(({ sku, quantity }) => ({ sku, quantity })),
    paymentMethod,
    paymentId: '',
    committed: false,
    captured: false,
  };
}

/** What the checkout works with. */
export interface CheckoutServices {
  readonly carts: Carts;
  readonly stock: Stock;
  readonly payments: Payments;
  readonly clock: Clock;
}

/**
 * Reserve, authorise, confirm; then commit, capture and close the cart at once; then the order is paid. Up to the
 * confirmation a refusal rejects the order; after it (a reservation or authorisation that ran out meanwhile) the order
 * is cancelled and all money given back.
 */
export function checkoutSaga({
  carts,
  stock,
  payments,
  clock,
}: CheckoutServices): SagaDefinition<CheckoutData, OrderTransaction> {
  const retry = { attempts: 4, delayMs: 100, maxDelayMs: 10_000 };
  const closeCart: RemoteStep<CheckoutData> = {
    name: 'close-cart',
    timeoutMs: 1_000,
    retry,
    action: async (data, call) => {
      await carts.close(data, call);
      return {};
    },
  };
  const order = async (tx: OrderTransaction, orderId: string): Promise<Order> => {
    const locked = await tx.lockOrder(orderId);
    if (locked === undefined) throw new Error(`order ${orderId} is gone`);
    return locked;
  };

  return {
    kind: CHECKOUT,
    decode: decodeCheckout,
    stages: [
      {
        name: 'place',
        run: async () => undefined,
        undo: async (tx, data, refusal) => {
          const before = await order(tx, data.orderId);
          if (before.state === 'pending') {
            const rejected = reject(before, refusal, clock.now());
            await tx.saveOrder(before, rejected);
            await tx.tell([{ type: 'rejected', order: rejected }]);
          } else {
            const paidBack = data.captured
              ? markRefunded(before, before.totals.total, clock.now())
              : amend(before, { paymentState: 'voided' }, clock.now());
            await tx.saveOrder(before, paidBack);
          }
        },
      },
      {
        steps: [
          {
            name: 'reserve',
            timeoutMs: 2_000,
            retry,
            action: async (data, call) => {
              await stock.reserve(data.orderId, data.lines, call);
              return {};
            },
            compensation: async (data, call) => {
              if (!data.committed) await stock.release(data.orderId, call);
              return {};
            },
          },
        ],
      },
      {
        steps: [
          {
            name: 'authorize',
            timeoutMs: 5_000,
            retry,
            action: async (data, call) => ({
              paymentId: await payments.authorize({ ...data, amount: fromStored(data.amount) }, call),
              paymentMethod: '',
            }),
            compensation: async (data, call) => {
              if (!data.captured) await payments.void(data.orderId, call);
              return {};
            },
          },
        ],
      },
      {
        name: 'confirm',
        run: async (tx, data) => {
          const before = await order(tx, data.orderId);
          const confirmed = confirm(before, data.paymentId, clock.now());
          await tx.saveOrder(before, confirmed);
          await tx.tell([{ type: 'confirmed', order: confirmed }]);
        },
        undo: async (tx, data, refusal) => {
          const before = await order(tx, data.orderId);
          const cancelled = { ...cancel(before, SYSTEM, refusal.reason, clock.now()), rejection: refusal };
          await tx.saveOrder(before, cancelled);
          await tx.tell([{ type: 'cancelled', order: cancelled }]);
        },
      },
      {
        steps: [
          {
            name: 'commit',
            timeoutMs: 2_000,
            retry,
            action: async (data, call) => {
              await stock.commit(data.orderId, call);
              return { committed: true };
            },
            compensation: async (data, call) => {
              const { orderId, lines } = data;
              await stock.restock({ returnId: orderId, orderId, good: lines, damaged: [] }, call);
              return {};
            },
          },
          {
            name: 'capture',
            timeoutMs: 5_000,
            retry,
            action: async (data, call) => {
              await payments.capture(data.paymentId, call);
              return { captured: true };
            },
            compensation: async ({ paymentId, amount, orderId }, call) => {
              const request = {
                paymentId,
                amount: fromStored(amount),
                reason: 'checkout undone',
                reference: orderId,
              };
              await payments.refund(request, call);
              return {};
            },
          },
          { ...closeCart, bestEffort: true },
        ],
      },
      {
        name: 'paid',
        run: async (tx, data) => {
          const before = await order(tx, data.orderId);
          await tx.saveOrder(before, markPaid(before, clock.now()));
        },
      },
      { steps: [closeCart] },
    ],
  };
}

function decodeCheckout(stored: unknown): CheckoutData {
  const data = readData(stored);
  return {
    orderId: data.text('orderId'),
    customerId: data.text('customerId'),
    cartId: data.text('cartId'),
    amount: data.money('amount'),
    lines: data.units('lines'),
    paymentMethod: data.text('paymentMethod'),
    paymentId: data.text('paymentId'),
    committed: data.flag('committed'),
    captured: data.flag('captured'),
  };
}
