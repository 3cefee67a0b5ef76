import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Client, Code } from '@connectrpc/connect';
import type { PaymentMethod } from '@souk/gen/souk/payment/v1/payment_method_pb';
import { PaymentMethodService } from '@souk/gen/souk/payment/v1/payment_method_service_pb';
import { PaymentState } from '@souk/gen/souk/payment/v1/payment_pb';
import { newId } from '@souk/kernel';
import { eventually } from '@souk/testing';
import { Client as Postgres } from 'pg';
import { refusalOf } from './refusal-of.ts';
import { authorization, must, pounds, startPayment, type TestPayment } from './start-payment.ts';

let payment: TestPayment;

beforeAll(async () => {
  payment = await startPayment();
});

afterAll(async () => {
  await payment.stop();
});

type Methods = Client<typeof PaymentMethodService>;
const shopper = (id: string): Methods =>
  payment.service.client(PaymentMethodService, { principal: { kind: 'user', id } });
const save = async (of: Methods, providerToken: string, makeDefault = false): Promise<PaymentMethod> =>
  must((await of.savePaymentMethod({ requestId: newId(), providerToken, makeDefault })).paymentMethod);
const payBy = (customerId: string, savedPaymentMethodId: string) => ({
  ...authorization({ customerId, paymentMethod: '' }),
  tenders: [
    {
      amount: pounds(10),
      means: { case: 'savedPaymentMethodId', value: savedPaymentMethodId } as const,
    },
  ],
});

describe('saved payment methods', () => {
  it('are saved once per request id, listed with the default first, and pay', async () => {
    const id = newId();
    const mine = shopper(id);
    const asked = { requestId: newId(), providerToken: 'pm_card_visa', makeDefault: false };
    const first = must((await mine.savePaymentMethod(asked)).paymentMethod);
    expect(first).toMatchObject({ brand: 'visa', last4: '4242', isDefault: true, country: 'US' });
    expect((await mine.savePaymentMethod(asked)).paymentMethod).toEqual(first);
    expect(await refusalOf(mine.savePaymentMethod({ ...asked, makeDefault: true }))).toMatchObject({
      code: Code.InvalidArgument,
      reason: 'REQUEST_ID_REUSED',
    });
    const second = await save(mine, 'pm_card_gb', true);
    const listed = async (): Promise<unknown> =>
      (await mine.listPaymentMethods({})).paymentMethods.map((it) => [it.paymentMethodId, it.isDefault]);
    expect(await listed()).toEqual([
      [second.paymentMethodId, true],
      [first.paymentMethodId, false],
    ]);
    await mine.setDefaultPaymentMethod({ paymentMethodId: first.paymentMethodId });
    expect(await listed()).toEqual([
      [first.paymentMethodId, true],
      [second.paymentMethodId, false],
    ]);
    const paid = must((await payment.order.authorizePayment(payBy(id, first.paymentMethodId))).payment);
    expect(paid).toMatchObject({ state: PaymentState.AUTHORIZED, tenders: [{ label: 'visa 4242' }] });

    await mine.deletePaymentMethod({ paymentMethodId: first.paymentMethodId });
    expect(await listed()).toEqual([[second.paymentMethodId, true]]);
    expect(await refusalOf(payment.order.authorizePayment(payBy(id, first.paymentMethodId)))).toMatchObject({
      code: Code.NotFound,
      reason: 'PAYMENT_METHOD_NOT_FOUND',
    });
  });

  it('are their owner’s only: others find nothing to see, change, delete or pay with', async () => {
    const mine = shopper(newId());
    const { paymentMethodId } = await save(mine, 'pm_card_visa');
    const otherId = newId();
    const other = shopper(otherId);
    const notFound = { code: Code.NotFound, reason: 'PAYMENT_METHOD_NOT_FOUND' };
    expect((await other.listPaymentMethods({})).paymentMethods).toEqual([]);
    expect(await refusalOf(other.setDefaultPaymentMethod({ paymentMethodId }))).toMatchObject(notFound);
    expect(await refusalOf(other.deletePaymentMethod({ paymentMethodId }))).toMatchObject(notFound);
    expect(await refusalOf(payment.order.authorizePayment(payBy(otherId, paymentMethodId)))).toMatchObject(
      notFound,
    );
    expect((await mine.listPaymentMethods({})).paymentMethods).toHaveLength(1);
    const guest = payment.service.client(PaymentMethodService, { principal: { kind: 'guest', id: newId() } });
    await expect(guest.listPaymentMethods({})).rejects.toMatchObject({ code: Code.PermissionDenied });
  });

  it('are refused if the provider refuses, if there are too many, and if they look like a card number', async () => {
    const mine = shopper(newId());
    const ask = (providerToken: string): Promise<unknown> =>
      mine.savePaymentMethod({ requestId: newId(), providerToken });
    expect(await refusalOf(ask('pm_card_expired'))).toMatchObject({
      code: Code.FailedPrecondition,
      reason: 'PAYMENT_METHOD_REFUSED',
      metadata: { code: 'expired_card' },
    });
    expect(await refusalOf(ask('4000 0566 5566 5556'))).toMatchObject({ reason: 'CARD_DATA_REFUSED' });
    for (let saved = 0; saved < 20; saved++) await save(mine, 'pm_card_visa');
    expect(await refusalOf(ask('pm_card_visa'))).toMatchObject({
      code: Code.ResourceExhausted,
      reason: 'PAYMENT_METHOD_LIMIT_EXCEEDED',
    });
  });

  it('are saved once although the provider failed and its reply was lost', async () => {
    const mine = shopper(newId());
    await payment.provider.call('POST', '/admin/faults', { kind: 'fail', operation: 'attach', times: 2 });
    await payment.provider.call('POST', '/admin/faults', { kind: 'drop_reply', operation: 'attach' });
    const asked = { requestId: newId(), providerToken: 'pm_card_visa' };
    const saved = await eventually(() => mine.savePaymentMethod(asked));
    expect((await mine.listPaymentMethods({})).paymentMethods).toEqual([saved.paymentMethod]);
  });

  it('leave no token and no card number in the database', async () => {
    const canary = 'pm_card_visa-canary7f3a';
    const mine = shopper(newId());
    const { paymentMethodId } = await save(mine, canary);
    await mine.deletePaymentMethod({ paymentMethodId });
    const database = new URL(payment.service.engines.postgres);
    database.pathname = `/${payment.service.namespace}_payment`;
    const sql = new Postgres({ connectionString: database.href });
    await sql.connect();
    try {
      const { rows } = await sql.query<{ text: string }>(
        'select m::text as text from payment_methods m where method_id = $1',
        [paymentMethodId],
      );
      expect(rows).toHaveLength(1);
      expect(rows[0]?.text).toContain('forgotten');
      expect(rows[0]?.text).not.toContain('canary7f3a');
      expect(rows[0]?.text).not.toContain('4242');
    } finally {
      await sql.end();
    }
  });
});
