import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { create } from '@bufbuild/protobuf';
import { TenderRequestSchema } from '@souk/gen/souk/payment/v1/payment_service_pb';
import { PaymentPurpose } from '@souk/gen/souk/payment/v1/payment_pb';
import { newId } from '@souk/kernel';
import { eventually } from '@souk/testing';
import { refusalOf } from './refusal-of.ts';
import {
  authorization,
  must,
  PaymentState,
  pounds,
  startPayment,
  type TestPayment,
} from './start-payment.ts';

let payment: TestPayment;

beforeAll(async () => {
  payment = await startPayment();
});

afterAll(async () => {
  await payment.stop();
});

const stateOf = async (paymentId: string): Promise<PaymentState | undefined> =>
  (await payment.staff.getPayment({ paymentId })).payment?.state;

const intentOf = async (reference: string): Promise<unknown> =>
  (await payment.provider.call('GET', `/v1/payment_intents/${reference}`)).body;

describe('a payment in parts', () => {
  it('is captured in parts, refunded meanwhile, and gives up the rest when it is voided', async () => {
    const { paymentId, providerReference } = await payment.authorized();
    const part = { paymentId, amount: pounds(3), keepRemainder: true };
    await payment.order.capturePayment({ ...part, requestId: newId() });
    const refund = { requestId: newId(), paymentId, amount: pounds(1), reason: '', reference: '' };
    await payment.order.refundPayment(refund);
    const { payment: half } = await payment.order.capturePayment({ ...part, requestId: newId() });
    expect(half).toMatchObject({
      state: PaymentState.PARTIALLY_CAPTURED,
      capturedAmount: pounds(6),
      refundedAmount: pounds(1),
    });
    expect(half?.captures.map(({ amount }) => amount)).toEqual([pounds(3), pounds(3)]);
    const tooMuch = { requestId: newId(), paymentId, amount: pounds(5) };
    expect(await refusalOf(payment.order.capturePayment(tooMuch))).toMatchObject({
      reason: 'CAPTURE_EXCEEDS_AUTHORIZED',
      metadata: { authorized: '4.00 GBP' },
    });
    const target = { case: 'paymentId', value: paymentId } as const;
    const { payment: over } = await payment.order.voidPayment({ requestId: newId(), target });
    expect(over).toMatchObject({ state: PaymentState.PARTIALLY_REFUNDED, releasedAmount: pounds(4) });
    expect(await intentOf(providerReference)).toMatchObject({ amount_received: 600, amount_capturable: 0 });
  });

  it('refunds an order over its payments, newest first, once, and never more than was captured', async () => {
    const { paymentId, orderId } = await payment.captured();
    const edit = authorization({ orderId });
    const { payment: second } = await payment.order.authorizePayment({
      ...edit,
      amount: pounds(5),
      purpose: PaymentPurpose.EDIT,
      reference: 'edit 1',
    });
    const { paymentId: later } = must(second);
    await payment.order.capturePayment({ requestId: newId(), paymentId: later });
    const ask = { requestId: newId(), orderId, amount: pounds(8), reason: 'returned', reference: 'r1' };
    const { refunds } = await payment.order.refundOrder(ask);
    expect(refunds.map((it) => [it.paymentId, it.amount])).toEqual([
      [later, pounds(5)],
      [paymentId, pounds(3)],
    ]);
    expect((await payment.order.refundOrder(ask)).refunds).toEqual(refunds);
    expect(await refusalOf(payment.order.refundOrder({ ...ask, amount: pounds(1) }))).toMatchObject({
      reason: 'REQUEST_ID_REUSED',
    });
    const more = { ...ask, requestId: newId() };
    expect(await refusalOf(payment.order.refundOrder(more))).toMatchObject({
      reason: 'REFUND_EXCEEDS_CAPTURED',
      metadata: { refundable: '7.00 GBP' },
    });
    const euros = { ...pounds(1), currencyCode: 'EUR' };
    expect(await refusalOf(payment.order.refundOrder({ ...more, amount: euros }))).toMatchObject({
      reason: 'CURRENCY_MISMATCH',
    });
    expect(await refusalOf(payment.order.refundOrder({ ...more, orderId: newId() }))).toMatchObject({
      reason: 'PAYMENT_NOT_FOUND',
    });
    expect(await refusalOf(payment.order.refundOrder({ ...more, amount: pounds(0) }))).toMatchObject({
      reason: 'AMOUNT_INVALID',
    });
    const card = { ...more, reason: '4242 4242 4242 4242' };
    expect(await refusalOf(payment.order.refundOrder(card))).toMatchObject({ reason: 'CARD_DATA_REFUSED' });
    const all = { ...more, amount: pounds(7) };
    const both = await Promise.allSettled([
      payment.order.refundOrder({ ...all, requestId: newId() }),
      payment.order.refundOrder({ ...all, requestId: newId() }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await payment.staff.getTrialBalance({})).balanced).toBe(true);
  });

  it('goes on with an order refund whose provider failed half-way', async () => {
    const { orderId } = await payment.captured();
    await payment.provider.call('POST', '/admin/faults', { kind: 'fail', operation: 'refund', times: 1_000 });
    const ask = { requestId: newId(), orderId, amount: pounds(10), reason: '', reference: '' };
    await expect(payment.order.refundOrder(ask)).rejects.toThrow();
    await payment.provider.call('DELETE', '/admin/faults');
    const { refunds } = await eventually(() => payment.order.refundOrder(ask));
    expect(refunds).toHaveLength(1);
  });

  it('refuses tenders that do not add up, and tokens that are none', async () => {
    const card = create(TenderRequestSchema, {
      amount: pounds(4),
      means: { case: 'paymentMethod', value: 'pm_card_visa' },
    });
    const split = { ...authorization(), paymentMethod: '', tenders: [card] };
    expect(await refusalOf(payment.order.authorizePayment(split))).toMatchObject({
      reason: 'TENDERS_INVALID',
    });
    expect(
      await refusalOf(payment.order.authorizePayment(authorization({ paymentMethod: 'pm_1@cus_1' }))),
    ).toMatchObject({ reason: 'TENDERS_INVALID' });
  });
});

describe('a void that comes before its authorisation', () => {
  const byOrder = (orderId: string) => ({
    requestId: newId(),
    target: { case: 'orderId', value: orderId } as const,
  });

  it('forbids it, by order and by request, so that nothing is held', async () => {
    const asked = authorization();
    const before = await payment.provider.call('GET', '/v1/events?limit=1000');
    expect((await payment.order.voidPayment(byOrder(asked.orderId))).payment).toBeUndefined();
    expect(await refusalOf(payment.order.authorizePayment(asked))).toMatchObject({
      reason: 'AUTHORIZATION_VOIDED',
    });
    const other = authorization();
    const target = { case: 'authorizationRequestId', value: other.requestId } as const;
    await payment.order.voidPayment({ requestId: newId(), target });
    expect(await refusalOf(payment.order.authorizePayment(other))).toMatchObject({
      reason: 'AUTHORIZATION_VOIDED',
    });
    expect(await payment.provider.call('GET', '/v1/events?limit=1000')).toEqual(before);
  });

  it('holds nothing although the two cross while the provider is slow', async () => {
    await payment.provider.call('POST', '/admin/faults', {
      kind: 'delay',
      operation: 'authorize',
      times: 8,
      delay_ms: 300,
    });
    const orders = Array.from({ length: 8 }, () => authorization());
    await Promise.allSettled(
      orders.flatMap((asked) => [
        payment.order.authorizePayment(asked),
        eventually(() => payment.order.voidPayment(byOrder(asked.orderId))),
      ]),
    );
    await eventually(async () => {
      for (const { orderId } of orders) {
        const { payments } = await payment.staff.listPayments({ orderId });
        for (const it of payments) {
          expect(it.state).toBe(PaymentState.VOIDED);
          expect(await intentOf(it.providerReference)).toMatchObject({ status: 'canceled' });
        }
      }
    });
  });
});

describe('a challenge of the payer', () => {
  const challenged = async () => {
    const asked = authorization({ paymentMethod: 'pm_card_challenge' });
    return must((await payment.order.authorizePayment(asked)).payment);
  };
  const answer = (reference: string, outcome: string): Promise<unknown> =>
    payment.provider.call('POST', `/admin/challenges/${reference}`, { outcome });

  it('is told with its secret, which is stored nowhere, and holds the money once it is passed', async () => {
    const waiting = await challenged();
    expect(waiting.state).toBe(PaymentState.REQUIRES_ACTION);
    expect(waiting.actionRequired).toMatchObject({
      redirectUrl: `${payment.provider.url}/challenges/${waiting.providerReference}`,
      clientSecret: expect.stringContaining('_secret_'),
    });
    const { paymentId, providerReference } = waiting;
    expect(await refusalOf(payment.order.capturePayment({ requestId: newId(), paymentId }))).toMatchObject({
      reason: 'PAYMENT_STATE_INVALID',
    });
    expect((await payment.staff.getPayment({ paymentId })).payment?.actionRequired?.clientSecret).toBe('');
    const asked = await payment.order.refreshPayment({ paymentId });
    expect(asked.payment?.actionRequired?.clientSecret).toContain('_secret_');
    await answer(providerReference, 'pass');
    await payment.order.refreshPayment({ paymentId });
    expect(await stateOf(paymentId)).toBe(PaymentState.AUTHORIZED);
    await payment.order.capturePayment({ requestId: newId(), paymentId });
  });

  it('fails the payment when it is failed, and may be given up', async () => {
    const failed = await challenged();
    await answer(failed.providerReference, 'fail');
    const { paymentId } = failed;
    expect((await payment.order.refreshPayment({ paymentId })).payment).toMatchObject({
      state: PaymentState.FAILED,
      declineCode: 'authentication_failed',
    });
    const given = await challenged();
    const target = { case: 'paymentId', value: given.paymentId } as const;
    await payment.order.voidPayment({ requestId: newId(), target });
    expect(await intentOf(given.providerReference)).toMatchObject({ status: 'canceled' });
    expect(await refusalOf(payment.order.refreshPayment({ paymentId: newId() }))).toMatchObject({
      reason: 'PAYMENT_NOT_FOUND',
    });
  });
});
