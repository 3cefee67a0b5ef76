import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChargebackService } from '@souk/gen/souk/payment/v1/chargeback_service_pb';
import { BlocklistKind, FraudRuleSetSchema } from '@souk/gen/souk/payment/v1/fraud_pb';
import { FraudReviewDecision, FraudService } from '@souk/gen/souk/payment/v1/fraud_service_pb';
import { GiftCardService } from '@souk/gen/souk/payment/v1/gift_card_service_pb';
import { PaymentMethodService } from '@souk/gen/souk/payment/v1/payment_method_service_pb';
import { StoreCreditService } from '@souk/gen/souk/payment/v1/store_credit_service_pb';
import { create } from '@bufbuild/protobuf';
import { newId } from '@souk/kernel';
import { Client as Postgres } from 'pg';
import { refusalOf } from './refusal-of.ts';
import { authorization, pounds, startPayment, type TestPayment } from './start-payment.ts';

// Any number with a valid check digit will do as long as nothing else in the store can hold it.
const CANARY = '4929 1234 5678 9015';
let payment: TestPayment;

beforeAll(async () => {
  payment = await startPayment();
});

afterAll(async () => {
  await payment.stop();
});

describe('a card number', () => {
  it('is refused in every field that takes free text, and is in no table afterwards', async () => {
    const permissions = [
      'payment.fraud.review',
      'payment.fraud.manage',
      'payment.giftcards.write',
      'payment.storecredit.write',
      'payment.chargebacks.write',
    ];
    const principal = { kind: 'user', id: newId(), permissions } as const;
    const fraud = payment.service.client(FraudService, { principal });
    const gifts = payment.service.client(GiftCardService, { principal });
    const { order } = payment;
    const id = newId();
    const reason = CANARY;
    const note = `card ${CANARY}`;
    const amount = pounds(1);
    const tenders = (means: { case: 'paymentMethod' | 'giftCardCode'; value: string }) => [
      { amount: pounds(10), means },
    ];
    const plain = { ...authorization(), paymentMethod: '' };
    const refund = { requestId: newId(), amount, reason, reference: '' };
    const calls: readonly Promise<unknown>[] = [
      order.authorizePayment(authorization({ paymentMethod: CANARY })),
      order.authorizePayment({ ...authorization(), reference: CANARY }),
      order.authorizePayment({ ...authorization(), payer: { email: `${CANARY}@example.org` } }),
      order.authorizePayment({ ...authorization(), payer: { deviceId: CANARY } }),
      order.authorizePayment({ ...plain, tenders: tenders({ case: 'paymentMethod', value: CANARY }) }),
      order.authorizePayment({ ...plain, tenders: tenders({ case: 'giftCardCode', value: CANARY }) }),
      order.refundPayment({ ...refund, paymentId: id }),
      order.refundPayment({ ...refund, paymentId: id, reason: '', reference: CANARY }),
      order.refundOrder({ ...refund, orderId: id }),
      fraud.decideFraudReview({ paymentId: id, decision: FraudReviewDecision.APPROVE, note }),
      fraud.addBlocklistEntry({ kind: BlocklistKind.CARD, value: CANARY, reason: 'x' }),
      fraud.addBlocklistEntry({ kind: BlocklistKind.DEVICE, value: 'x', reason }),
      fraud.createFraudRuleSet({
        requestId: newId(),
        ruleSet: create(FraudRuleSetSchema, { reviewScore: 1, declineScore: 1, note }),
      }),
      gifts.issueGiftCards({ requestId: newId(), amount, note }),
      gifts.checkGiftCard({ code: CANARY }),
      payment.service
        .client(PaymentMethodService, { principal })
        .savePaymentMethod({ requestId: newId(), providerToken: CANARY }),
      payment.service
        .client(StoreCreditService, { principal })
        .grantStoreCredit({ requestId: newId(), customerId: id, amount, reason }),
      payment.service
        .client(ChargebackService, { principal })
        .submitChargebackEvidence({ requestId: newId(), chargebackId: id, evidence: { note } }),
    ];
    const refusals = await Promise.all(calls.map(refusalOf));
    expect(new Set(refusals.map((refusal) => refusal.reason))).toEqual(new Set(['CARD_DATA_REFUSED']));
    expect(JSON.stringify(refusals)).not.toContain('4929');
    expect(await tablesWith(['4929 1234', '49291234'])).toEqual([]);
  });
});

async function tablesWith(texts: readonly string[]): Promise<string[]> {
  const database = new URL(payment.service.engines.postgres);
  database.pathname = `/${payment.service.namespace}_payment`;
  const sql = new Postgres({ connectionString: database.href });
  await sql.connect();
  try {
    const { rows } = await sql.query<{ name: string }>(
      "select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
    );
    expect(rows.length).toBeGreaterThan(15);
    const found: string[] = [];
    for (const { name } of rows) {
      const hits = await sql.query(`select 1 from "${name}" t where t::text ~ $1 limit 1`, [texts.join('|')]);
      if (hits.rowCount !== 0) found.push(name);
    }
    return found;
  } finally {
    await sql.end();
  }
}
