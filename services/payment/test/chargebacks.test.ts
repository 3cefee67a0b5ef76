import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Code } from '@connectrpc/connect';
import { ChargebackState } from '@souk/gen/souk/payment/v1/chargeback_pb';
import { ChargebackService } from '@souk/gen/souk/payment/v1/chargeback_service_pb';
import { FraudOutcome } from '@souk/gen/souk/payment/v1/fraud_pb';
import { LedgerSide } from '@souk/gen/souk/payment/v1/ledger_pb';
import { PaymentService } from '@souk/gen/souk/payment/v1/payment_service_pb';
import { newId } from '@souk/kernel';
import { refusalOf } from './refusal-of.ts';
import { must, startPayment, type TestPayment, WEBHOOK_SECRET } from './start-payment.ts';

let payment: TestPayment;

beforeAll(async () => {
  payment = await startPayment();
});

afterAll(async () => {
  await payment.stop();
});

function staff() {
  const permissions = ['payment.chargebacks.read', 'payment.chargebacks.write'];
  return payment.service.client(ChargebackService, { principal: { kind: 'user', id: newId(), permissions } });
}

/** Sends the webhook that tells where a dispute stands. */
async function tell(dispute: unknown): Promise<void> {
  const body = Buffer.from(
    JSON.stringify({ id: `evt_${newId()}`, type: 'charge.dispute', data: { object: dispute } }),
  );
  const time = Math.floor(Date.now() / 1000);
  const digest = createHmac('sha256', WEBHOOK_SECRET).update(`${time}.`).update(body).digest('hex');
  await payment.service
    .client(PaymentService)
    .handleProviderWebhook(
      { provider: 'simulator', body: { contentType: 'application/json', data: body } },
      { headers: { 'souk-provider-signature': `t=${time},v1=${digest}` } },
    );
}

const idOf = (it: unknown): string => String(Reflect.get(Object(it), 'id'));

const changed = (it: unknown, change: object): object =>
  typeof it === 'object' ? { ...it, ...change } : change;

async function dispute(): Promise<{ orderId: string; paymentId: string; opened: unknown }> {
  const { paymentId, orderId, providerReference } = await payment.captured();
  const asked = { payment_intent: providerReference, amount: 600 };
  const { body } = await payment.provider.call('POST', '/admin/disputes', asked, newId());
  return { orderId, paymentId, opened: body };
}

async function close(opened: unknown, status: 'won' | 'lost'): Promise<unknown> {
  const path = `/admin/disputes/${idOf(opened)}/close`;
  return (await payment.provider.call('POST', path, { status }, newId())).body;
}

async function outcomeOf(paymentId: string): Promise<FraudOutcome> {
  return must((await payment.staff.getPayment({ paymentId })).payment?.review).outcome;
}

async function entriesOf(paymentId: string): Promise<unknown[]> {
  const { entries } = await payment.staff.listLedgerEntries({ paymentId });
  return entries
    .slice(2)
    .map(({ account, side, amount }) => [account, side === LedgerSide.DEBIT ? 'D' : 'C', amount?.units]);
}

describe('chargebacks', () => {
  it('are opened, answered, won, booked and reconciled, however often they are told of', async () => {
    const { orderId, paymentId, opened } = await dispute();
    await tell(opened);
    await tell(opened);
    const [found] = (await staff().listChargebacks({ orderId })).chargebacks;
    const { chargebackId } = must(found);
    expect(found).toMatchObject({ paymentId, state: ChargebackState.OPEN, reason: 'fraudulent' });
    const evidence = { shipping_tracking_number: 'X1' };
    const answered = await staff().submitChargebackEvidence({ requestId: newId(), chargebackId, evidence });
    expect(answered.chargeback).toMatchObject({ state: ChargebackState.EVIDENCE_SUBMITTED, evidence });

    expect(await outcomeOf(paymentId)).toBe(FraudOutcome.FRAUD);
    const won = await close(opened, 'won');
    await Promise.all([tell(won), tell(won), tell(opened)]);
    const after = must((await staff().getChargeback({ chargebackId })).chargeback);
    expect(after).toMatchObject({ state: ChargebackState.WON, version: 3n });
    expect(await outcomeOf(paymentId)).toBe(FraudOutcome.LEGITIMATE);
    expect(await entriesOf(paymentId)).toEqual([
      ['disputed_receipts', 'D', 6n],
      ['provider_receivable', 'C', 6n],
      ['provider_receivable', 'D', 6n],
      ['disputed_receipts', 'C', 6n],
    ]);
    const late = { requestId: newId(), chargebackId, evidence };
    expect(await refusalOf(staff().submitChargebackEvidence(late))).toMatchObject({
      code: Code.FailedPrecondition,
      reason: 'CHARGEBACK_STATE_INVALID',
      metadata: { state: 'WON' },
    });
    expect((await payment.staff.reconcilePayments({})).breaks).toEqual([]);
    expect((await payment.staff.getTrialBalance({})).balanced).toBe(true);
  });

  it('are opened and lost in one when the end is told of first', async () => {
    const { orderId, paymentId, opened } = await dispute();
    const lost = await close(opened, 'lost');
    await tell(lost);
    await tell(opened);
    const { chargebacks } = await staff().listChargebacks({ orderId });
    expect(chargebacks.map(({ state }) => state)).toEqual([ChargebackState.LOST]);
    expect(await entriesOf(paymentId)).toEqual([
      ['disputed_receipts', 'D', 6n],
      ['provider_receivable', 'C', 6n],
      ['chargeback_losses', 'D', 6n],
      ['disputed_receipts', 'C', 6n],
    ]);
  });

  it('are refused when unknown, late, about unknown payments, or told with a card number', async () => {
    const unknown = { requestId: newId(), chargebackId: newId(), evidence: { note: 'x' } };
    expect(await refusalOf(staff().submitChargebackEvidence(unknown))).toMatchObject({
      code: Code.NotFound,
      reason: 'CHARGEBACK_NOT_FOUND',
    });
    const { chargebackId } = unknown;
    expect(await refusalOf(staff().getChargeback({ chargebackId }))).toMatchObject({
      reason: 'CHARGEBACK_NOT_FOUND',
    });
    const { opened, orderId } = await dispute();
    const stray = changed(opened, { id: 'dp_stray', payment_intent: 'pi_stray' });
    expect(await refusalOf(tell(stray))).toMatchObject({ reason: 'PAYMENT_NOT_FOUND' });
    await tell(changed(opened, { evidence_due_by: 1 }));
    const [late] = (await staff().listChargebacks({ orderId })).chargebacks;
    const told = { ...unknown, chargebackId: must(late).chargebackId };
    expect(await refusalOf(staff().submitChargebackEvidence(told))).toMatchObject({
      code: Code.FailedPrecondition,
      reason: 'CHARGEBACK_EVIDENCE_TOO_LATE',
    });
    const leak = { ...told, evidence: { note: 'card 4242 4242 4242 4242' } };
    expect(await refusalOf(staff().submitChargebackEvidence(leak))).toMatchObject({
      reason: 'CARD_DATA_REFUSED',
    });
    const support = payment.service.client(ChargebackService, {
      principal: { kind: 'user', id: newId(), permissions: ['payment.chargebacks.read'] },
    });
    await expect(support.submitChargebackEvidence(told)).rejects.toMatchObject({
      code: Code.PermissionDenied,
    });
  });
});
