import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Code, ConnectError } from '@connectrpc/connect';
import { LedgerSide } from '@souk/gen/souk/payment/v1/ledger_pb';
import { newId } from '@souk/kernel';
import { errorInfoOf } from '@souk/rpc';
import { eventually } from '@souk/testing';
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

async function refusalOf(call: Promise<unknown>): Promise<{ code: Code; reason: string; metadata: object }> {
  try {
    await call;
  } catch (error) {
    const info = errorInfoOf(error);
    if (error instanceof ConnectError && info)
      return { code: error.code, reason: info.reason, metadata: info.metadata };
    throw error;
  }
  throw new Error('expected a refusal');
}

describe('a payment', () => {
  it('is authorised, captured and refunded, each once per request id, with books that balance', async () => {
    const { order, staff } = payment;
    const asked = authorization();
    const first = await order.authorizePayment(asked);
    expect(await order.authorizePayment(asked)).toEqual(first);
    const { paymentId, state } = must(first.payment);
    expect(state).toBe(PaymentState.AUTHORIZED);

    const capture = { requestId: newId(), paymentId };
    const taken = await order.capturePayment(capture);
    expect(must(taken.payment).state).toBe(PaymentState.CAPTURED);
    expect(await order.capturePayment(capture)).toEqual(taken);

    const refund = {
      requestId: newId(),
      paymentId,
      amount: pounds(4),
      reason: 'broken',
      reference: 'return 1',
    };
    const back = await order.refundPayment(refund);
    expect(must(back.payment).state).toBe(PaymentState.PARTIALLY_REFUNDED);
    expect(must(back.refund).amount).toEqual(pounds(4));
    await order.refundPayment({ ...refund, requestId: newId(), amount: pounds(6) });
    expect(await order.refundPayment(refund)).toEqual(back);
    // A stored answer is what was answered then; the payment itself has moved on.
    expect(must((await staff.getPayment({ paymentId })).payment).state).toBe(PaymentState.REFUNDED);

    const { entries } = await staff.listLedgerEntries({ paymentId });
    expect(entries.map(({ account, side, amount }) => [account, LedgerSide[side], amount?.units])).toEqual([
      ['provider_receivable', 'DEBIT', 10n],
      ['order_clearing', 'CREDIT', 10n],
      ['order_clearing', 'DEBIT', 4n],
      ['provider_receivable', 'CREDIT', 4n],
      ['order_clearing', 'DEBIT', 6n],
      ['provider_receivable', 'CREDIT', 6n],
    ]);
    expect((await staff.getTrialBalance({})).balanced).toBe(true);
  });

  it('is declined for good, and the order may be paid by other means', async () => {
    const asked = authorization({ paymentMethod: 'pm_card_insufficient_funds' });
    const expected = {
      code: Code.FailedPrecondition,
      reason: 'PAYMENT_DECLINED',
      metadata: { decline_code: 'insufficient_funds' },
    };
    expect(await refusalOf(payment.order.authorizePayment(asked))).toMatchObject(expected);
    expect(await refusalOf(payment.order.authorizePayment(asked))).toMatchObject(expected);
    const { orderId } = asked;
    const second = await payment.order.authorizePayment(authorization({ orderId }));
    expect(must(second.payment).state).toBe(PaymentState.AUTHORIZED);
    expect(await refusalOf(payment.order.authorizePayment(authorization({ orderId })))).toMatchObject({
      code: Code.AlreadyExists,
      reason: 'PAYMENT_EXISTS',
    });
    const { payments } = await payment.staff.listPayments({ orderId });
    expect(payments.map(({ state }) => state)).toEqual([PaymentState.AUTHORIZED, PaymentState.FAILED]);
  });

  it('is voided by payment or by order, and then cannot be captured', async () => {
    const { paymentId, orderId } = await payment.authorized();
    const voided = await payment.order.voidPayment({
      requestId: newId(),
      target: { case: 'orderId', value: orderId },
    });
    expect(must(voided.payment)).toMatchObject({ paymentId, state: PaymentState.VOIDED });
    const again = await payment.order.voidPayment({
      requestId: newId(),
      target: { case: 'paymentId', value: paymentId },
    });
    expect(must(again.payment).state).toBe(PaymentState.VOIDED);
    expect(await refusalOf(payment.order.capturePayment({ requestId: newId(), paymentId }))).toMatchObject({
      code: Code.FailedPrecondition,
      reason: 'PAYMENT_STATE_INVALID',
      metadata: { state: 'VOIDED' },
    });
    const unknown = { requestId: newId(), target: { case: 'paymentId', value: newId() } } as const;
    expect(await refusalOf(payment.order.voidPayment(unknown))).toMatchObject({
      reason: 'PAYMENT_NOT_FOUND',
    });
  });

  it('refuses what is too much, in another currency, another body under a known id, and card numbers', async () => {
    const { order } = payment;
    const { paymentId } = await payment.captured();
    const refund = { requestId: newId(), paymentId, amount: pounds(11), reason: '', reference: '' };
    expect(await refusalOf(order.refundPayment(refund))).toMatchObject({
      reason: 'REFUND_EXCEEDS_CAPTURED',
      metadata: { refundable: '10.00 GBP' },
    });
    const euros = { ...pounds(1), currencyCode: 'EUR' };
    expect(await refusalOf(order.refundPayment({ ...refund, amount: euros }))).toMatchObject({
      reason: 'CURRENCY_MISMATCH',
    });
    await order.refundPayment({ ...refund, amount: pounds(1) });
    expect(await refusalOf(order.refundPayment({ ...refund, amount: pounds(2) }))).toMatchObject({
      code: Code.InvalidArgument,
      reason: 'REQUEST_ID_REUSED',
    });
    expect(
      await refusalOf(order.authorizePayment(authorization({ paymentMethod: '4242 4242 4242 4242' }))),
    ).toMatchObject({ code: Code.InvalidArgument, reason: 'CARD_DATA_REFUSED' });
  });

  it('is authorised once by fifty calls at a time with one request id', async () => {
    const asked = authorization();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        eventually(async () => must((await payment.order.authorizePayment(asked)).payment).paymentId),
      ),
    );
    expect(new Set(answers).size).toBe(1);
    const { payments } = await payment.staff.listPayments({ orderId: asked.orderId });
    expect(payments).toHaveLength(1);
  });

  it('is for order and staff only', async () => {
    const { paymentId } = await payment.authorized();
    const { PaymentService } = await import('@souk/gen/souk/payment/v1/payment_service_pb');
    const cart = payment.service.client(PaymentService, { caller: 'cart' });
    await expect(cart.capturePayment({ requestId: newId(), paymentId })).rejects.toMatchObject({
      code: Code.PermissionDenied,
    });
    const shopper = payment.service.client(PaymentService, { principal: { kind: 'user', id: newId() } });
    await expect(shopper.getPayment({ paymentId })).rejects.toMatchObject({ code: Code.PermissionDenied });
  });
});
