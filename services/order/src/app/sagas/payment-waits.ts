import type { Clock } from '@souk/kernel';
import type { Authorization, Payments, Stock } from '../ports.ts';
import { type RemoteStage, StepRefused, StepWaiting } from '../saga/saga.ts';
import type { CheckoutData } from './checkout-data.ts';

/** The reason of an order whose payment did not come in time. */
export const PAYMENT_EXPIRED = 'PAYMENT_EXPIRED';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** Stock is held for longer than the next look is away. */
const HOLD_MS = 300_000;

/** How long payments are waited for. */
export interface WaitLimits {
  /** Until when, in ISO 8601; empty for a payment that does not wait. */
  expireTime(state: Authorization['state'], now: Date): string;
}

/** Limits of so many milliseconds for the payer's part, and for a reviewer's. */
export function waitLimits(actionMs: number, reviewMs: number): WaitLimits {
  return {
    expireTime: (state, now) =>
      state === 'authorized'
        ? ''
        : new Date(now.getTime() + (state === 'in-review' ? reviewMs : actionMs)).toISOString(),
  };
}

/**
 * The stage that waits for a payer to meet a challenge, or for a reviewer: looks less and less often, holds the stock
 * meanwhile, and gives the order up when its time is over.
 */
export function settlePayment(services: {
  readonly stock: Stock;
  readonly payments: Payments;
  readonly clock: Clock;
}): RemoteStage<CheckoutData> {
  const { stock, payments, clock } = services;
  return {
    when: ({ payment }) => payment === 'action-required' || payment === 'in-review',
    steps: [
      {
        name: 'await-payment',
        timeoutMs: 5_000,
        retry: { attempts: 2, delayMs: 500, maxDelayMs: 30_000 },
        action: async (data, call) => {
          const { state } = await payments.refresh(data.paymentId, call);
          if (state === 'authorized') return { payment: state, action: undefined };
          const left = new Date(data.expireTime).getTime() - clock.now().getTime();
          if (left <= 0)
            throw new StepRefused({
              reason: PAYMENT_EXPIRED,
              message: 'The payment was not completed in time.',
              metadata: {},
            });
          await stock.extend(data.orderId, HOLD_MS, { ...call, key: `${call.key}:${call.attempt}` });
          throw new StepWaiting(`the payment is ${state}`, Math.min(left, waitAfter(call.attempt)));
        },
      },
    ],
  };
}

/** A wait that grows with every look. */
function waitAfter(attempt: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 1.4 ** Math.min(attempt, 20));
}
