import type { Clock } from '@souk/kernel';
import type { Order } from '../../domain/order.ts';
import type { PostalAddress } from '../../domain/postal-address.ts';
import type { Tender } from '../../domain/tender.ts';
import type { Carts, LineUnits, OrderTransaction, Payments, Stock } from '../ports.ts';
import type { RemoteStep, SagaDefinition } from '../saga/saga.ts';
import { type CheckoutData, decodeCheckout } from './checkout-data.ts';
import { checkoutEnds } from './checkout-ends.ts';
import { settlePayment, type WaitLimits } from './payment-waits.ts';
import { FORGOTTEN, storedTenders, tendersOf } from './means-data.ts';
import { fromStored, toStored } from './saga-data.ts';

/** The saga's kind. */
export const CHECKOUT = 'checkout';
/** The first stage after the one that PlaceOrder does by itself. */
export const CHECKOUT_BEGINS_AT = 1;

/** The data of an order's checkout. */
export function checkoutData(order: Order, tenders: readonly Tender[], deviceId: string): CheckoutData {
  return {
    orderId: order.orderId,
    customerId: order.customer.id,
    cartId: order.cartId,
    regionCode: order.regionCode,
    amount: toStored(order.totals.total),
    lines: order.lines.map(({ lineId, sku, quantity }): LineUnits => ({ lineId, sku, quantity })),
    allocations: [],
    tenders: storedTenders(tenders),
    payer: payerJson(order, deviceId),
    paymentId: '',
    payment: '',
    action: undefined,
    expireTime: '',
    givenBack: 'nothing',
  };
}

/** An order's payer as payment's `PayerDetails` in JSON: no names, and of addresses what tells places apart. */
function payerJson({ email, billingAddress, shippingAddress }: Order, deviceId: string): string {
  const place = ({ regionCode, postalCode, locality, addressLines }: PostalAddress): object => ({
    regionCode,
    postalCode,
    locality,
    addressLines,
  });
  return JSON.stringify({
    email,
    billingAddress: place(billingAddress),
    shippingAddress: place(shippingAddress),
    ...(deviceId !== '' && { deviceId }),
  });
}

/** What the checkout works with. */
export interface CheckoutServices {
  readonly carts: Carts;
  readonly stock: Stock;
  readonly payments: Payments;
  readonly clock: Clock;
  readonly limits: WaitLimits;
}

/** Steps are asked again under the same key: soon at first, then every ten seconds. */
export const RETRY = { attempts: 4, delayMs: 100, maxDelayMs: 10_000 };

/**
 * Reserve, authorise; wait, if the payment waits for its payer or for a reviewer; commit, capture and close the cart at
 * once; then the order is confirmed and paid. A refusal at any point gives everything back and rejects the order. Each
 * step answers again under its key what it answered before, so a crash anywhere before the confirmation is repaired by
 * asking again from the start.
 */
export function checkoutSaga(services: CheckoutServices): SagaDefinition<CheckoutData, OrderTransaction> {
  const { carts, stock, payments, clock } = services;
  const isPaidFor = (data: CheckoutData): boolean => !fromStored(data.amount).isZero;
  const { place, paymentWaits, confirmed } = checkoutEnds(clock);
  const closeCart: RemoteStep<CheckoutData> = {
    name: 'close-cart',
    timeoutMs: 1_000,
    retry: RETRY,
    action: async (data, call) => {
      await carts.close(data, call);
      return {};
    },
  };

  return {
    kind: CHECKOUT,
    decode: decodeCheckout,
    onRefusal: 'compensate',
    forgottenOnRefusal: FORGOTTEN,
    stages: [
      place,
      {
        steps: [
          {
            name: 'reserve',
            timeoutMs: 2_000,
            retry: RETRY,
            action: async (data, call) => ({ allocations: await stock.reserve(data, call) }),
            compensation: async ({ orderId, lines, allocations }, call) => {
              const held =
                allocations.length > 0 ? allocations : lines.map((line) => ({ ...line, locationId: '' }));
              await stock.giveBack(orderId, held, call);
              return {};
            },
          },
        ],
      },
      {
        when: isPaidFor,
        steps: [
          {
            name: 'authorize',
            timeoutMs: 5_000,
            retry: RETRY,
            action: async (data, call) => {
              const asked = { ...data, amount: fromStored(data.amount), tenders: tendersOf(data.tenders) };
              const { paymentId, state, action } = await payments.authorize(asked, call);
              const expireTime = services.limits.expireTime(state, clock.now());
              return { paymentId, payment: state, action, expireTime, ...FORGOTTEN };
            },
            compensation: async ({ orderId, amount }, call) => ({
              givenBack: await payments.giveBack(orderId, fromStored(amount), call),
            }),
          },
        ],
      },
      paymentWaits,
      settlePayment(services),
      {
        steps: [
          {
            name: 'commit',
            timeoutMs: 2_000,
            retry: RETRY,
            action: async (data, call) => {
              await stock.commit(data.orderId, call);
              return {};
            },
          },
          {
            name: 'capture',
            timeoutMs: 5_000,
            retry: RETRY,
            action: async (data, call) => {
              if (isPaidFor(data)) await payments.capture(data.paymentId, call);
              return {};
            },
          },
          { ...closeCart, bestEffort: true },
        ],
      },
      confirmed,
      { steps: [closeCart] },
    ],
  };
}
