import type { Client } from '@connectrpc/connect';
import { create } from '@bufbuild/protobuf';
import { type Money, MoneySchema } from '@souk/gen/google/type/money_pb';
import { type Payment, PaymentState } from '@souk/gen/souk/payment/v1/payment_pb';
import { PaymentService } from '@souk/gen/souk/payment/v1/payment_service_pb';
import { newId } from '@souk/kernel';
import {
  API_KEY,
  type ProviderProcess,
  startProviderProcess,
} from '@souk/payment-provider-simulator/process';
import { eventually, startTestService, type TestService } from '@souk/testing';
import { service } from '../src/service.ts';

export const WEBHOOK_SECRET = 'whsec_0123456789abcdef';

/** Payment on real engines with a provider in a process of its own. */
export interface TestPayment {
  readonly service: TestService;
  readonly provider: ProviderProcess;
  /** As order calls it. */
  readonly order: Client<typeof PaymentService>;
  /** As finance staff call it. */
  readonly staff: Client<typeof PaymentService>;
  /** A payment of £10.00 that is authorised, or captured. */
  authorized(): Promise<Payment>;
  captured(): Promise<Payment>;
  stop(): Promise<void>;
}

/** Starts both; `providerEnv` and `env` add to their settings. */
export async function startPayment(
  providerEnv: Record<string, string> = {},
  env: Record<string, string> = {},
): Promise<TestPayment> {
  const provider = await startProviderProcess(providerEnv);
  const started = await startTestService(service, {
    env: {
      SOUK_PAYMENT_PROVIDER_URL: provider.url,
      SOUK_PAYMENT_PROVIDER_API_KEY: API_KEY,
      SOUK_PAYMENT_WEBHOOK_SECRET: WEBHOOK_SECRET,
      SOUK_PAYMENT_SETTLING_S: '0',
      ...env,
    },
  });
  const order = started.client(PaymentService, { caller: 'order' });
  const permissions = ['payment.payments.read', 'payment.ledger.read', 'payment.reconciliation.read'];
  const staff = started.client(PaymentService, { principal: { kind: 'user', id: newId(), permissions } });

  // Repeated as order's saga does: on a busy machine a call may run into its deadline.
  const authorized = async (): Promise<Payment> => {
    const asked = authorization();
    return must((await eventually(() => order.authorizePayment(asked))).payment);
  };
  return {
    service: started,
    provider,
    order,
    staff,
    authorized,
    async captured() {
      const { paymentId } = await authorized();
      const capture = { requestId: newId(), paymentId };
      return must((await eventually(() => order.capturePayment(capture))).payment);
    },
    async stop() {
      await started.stop();
      await provider.stop();
    },
  };
}

/** A request to authorise. */
export interface Authorization {
  readonly requestId: string;
  readonly orderId: string;
  readonly customerId: string;
  readonly amount: Money;
  readonly paymentMethod: string;
}

/** A request for £10.00 of a new order; `change` overrides. */
export function authorization(change: Partial<Authorization> = {}): Authorization {
  return {
    requestId: newId(),
    orderId: newId(),
    customerId: newId(),
    amount: pounds(10),
    paymentMethod: 'pm_card_visa',
    ...change,
  };
}

/** Whole pounds. */
export const pounds = (units: number): Money =>
  create(MoneySchema, { currencyCode: 'GBP', units: BigInt(units) });

/** The value, which must be there. */
export function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('expected a value');
  return value;
}

export { PaymentState };
