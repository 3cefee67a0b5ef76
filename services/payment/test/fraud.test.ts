import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Code } from '@connectrpc/connect';
import { create } from '@bufbuild/protobuf';
import { PaymentState } from '@souk/gen/souk/payment/v1/payment_pb';
import {
  BlocklistKind,
  FraudDecision,
  FraudDimension,
  FraudOutcome,
  FraudReviewState,
  FraudRuleSetSchema,
  FraudWindow,
} from '@souk/gen/souk/payment/v1/fraud_pb';
import { FraudReviewDecision, FraudService } from '@souk/gen/souk/payment/v1/fraud_service_pb';
import { PaymentService } from '@souk/gen/souk/payment/v1/payment_service_pb';
import { newId } from '@souk/kernel';
import { eventually, startTestService } from '@souk/testing';
import { API_KEY } from '@souk/payment-provider-simulator/process';
import { service } from '../src/service.ts';
import { refusalOf } from './refusal-of.ts';
import { authorization, must, startPayment, type TestPayment } from './start-payment.ts';

let payment: TestPayment;
type Fraud = ReturnType<typeof fraudStaff>;
let fraud: Fraud;

function fraudStaff(of: TestPayment) {
  const permissions = ['payment.fraud.read', 'payment.fraud.review', 'payment.fraud.manage'];
  return of.service.client(FraudService, { principal: { kind: 'user', id: newId(), permissions } });
}

beforeAll(async () => {
  payment = await startPayment();
  fraud = fraudStaff(payment);
  // The counters are at hand as soon as Redis is connected.
  await eventually(async () => {
    const answer = await payment.order.authorizePayment(authorization());
    expect(must(must(answer.payment).review).score).toBe(0);
  });
});

afterAll(async () => {
  await payment.stop();
});

const GB = { regionCode: 'GB', postalCode: 'N1 1AA', addressLines: ['1 High St'] };

/** Sends a rule set by one velocity rule on the device and activates it. */
async function activate(reviewScore: number, declineScore: number): Promise<number> {
  const ruleSet = create(FraudRuleSetSchema, {
    reviewScore,
    declineScore,
    note: 'a test',
    rules: [
      {
        ruleId: 'device',
        weight: 50,
        condition: {
          case: 'velocity',
          value: { dimension: FraudDimension.DEVICE, window: FraudWindow.HOUR, limit: 1 },
        },
      },
      { ruleId: 'disposable', weight: 30, condition: { case: 'disposableEmail', value: {} } },
      { ruleId: 'blocklist', weight: 1_000, condition: { case: 'blocklisted', value: {} } },
    ],
  });
  const made = must((await fraud.createFraudRuleSet({ requestId: newId(), ruleSet })).ruleSet);
  await fraud.activateFraudRuleSet({ version: made.version });
  return made.version;
}

describe('fraud screening', () => {
  it('lets ordinary payments through, and says what it could not look at', async () => {
    const asked = { ...authorization(), payer: { email: 'jo@example.org', shippingAddress: GB } };
    const answer = must((await payment.order.authorizePayment(asked)).payment);
    expect(answer.state).toBe(PaymentState.AUTHORIZED);
    expect(answer.review).toMatchObject({ decision: FraudDecision.ALLOW, score: 0, ruleSetVersion: 1 });
    expect(must(answer.review).skippedRuleIds).toContain('device-velocity');
    const read = must((await payment.staff.getPayment({ paymentId: answer.paymentId })).payment);
    expect(read.review).toEqual(answer.review);
  });

  it('puts doubtful payments aside until a person approves or rejects them', async () => {
    await activate(50, 1_000);
    const deviceId = newId();
    const ask = () => ({ ...authorization(), payer: { deviceId } });
    const first = must((await payment.order.authorizePayment(ask())).payment);
    expect(first.state).toBe(PaymentState.AUTHORIZED);

    const asked = ask();
    const second = must((await payment.order.authorizePayment(asked)).payment);
    expect(second.state).toBe(PaymentState.IN_REVIEW);
    expect(second.review).toMatchObject({
      decision: FraudDecision.REVIEW,
      score: 50,
      signals: [{ ruleId: 'device', value: '2', threshold: '1', weight: 50 }],
      reviewState: FraudReviewState.PENDING,
    });
    // The same attempt again is not counted again and is answered alike.
    expect(must((await payment.order.authorizePayment(asked)).payment)).toEqual(second);
    expect(
      await refusalOf(payment.order.capturePayment({ requestId: newId(), paymentId: second.paymentId })),
    ).toMatchObject({ code: Code.FailedPrecondition, reason: 'PAYMENT_STATE_INVALID' });

    const third = must((await payment.order.authorizePayment(ask())).payment);
    const { assessments } = await fraud.listFraudReviews({});
    expect(assessments.map(({ paymentId }) => paymentId)).toEqual([second.paymentId, third.paymentId]);

    const fourth = must((await payment.order.authorizePayment(ask())).payment);
    const target = { case: 'paymentId', value: fourth.paymentId } as const;
    await payment.order.voidPayment({ requestId: newId(), target });
    expect((await fraud.listFraudReviews({})).assessments).toEqual(assessments);

    const { paymentId } = second;
    const approve = { paymentId, decision: FraudReviewDecision.APPROVE, note: 'a known customer' };
    const approved = must((await fraud.decideFraudReview(approve)).assessment);
    expect(approved).toMatchObject({
      reviewState: FraudReviewState.APPROVED,
      reviewNote: 'a known customer',
    });
    expect((await fraud.decideFraudReview(approve)).assessment).toEqual(approved);
    const captured = await payment.order.capturePayment({ requestId: newId(), paymentId });
    expect(must(captured.payment).state).toBe(PaymentState.CAPTURED);
    const reject = { paymentId, decision: FraudReviewDecision.REJECT, note: '' };
    expect(await refusalOf(fraud.decideFraudReview(reject))).toMatchObject({
      code: Code.FailedPrecondition,
      reason: 'FRAUD_REVIEW_NOT_PENDING',
      metadata: { state: 'APPROVED' },
    });

    await fraud.decideFraudReview({ ...reject, paymentId: third.paymentId });
    const rejected = must((await payment.staff.getPayment({ paymentId: third.paymentId })).payment);
    expect(rejected.state).toBe(PaymentState.VOIDED);
    expect((await fraud.listFraudReviews({})).assessments).toEqual([]);
    expect(await refusalOf(fraud.decideFraudReview({ ...reject, paymentId: newId() }))).toMatchObject({
      code: Code.NotFound,
      reason: 'FRAUD_ASSESSMENT_NOT_FOUND',
    });
    expect(
      await refusalOf(fraud.decideFraudReview({ ...reject, note: '4242 4242 4242 4242' })),
    ).toMatchObject({ reason: 'CARD_DATA_REFUSED' });
  });

  it('declines without asking the provider what a blocklist names', async () => {
    await activate(50, 80);
    const value = 'Jo.Bad+1@gmail.com';
    const entry = must(
      (await fraud.addBlocklistEntry({ kind: BlocklistKind.EMAIL, value, reason: 'chargebacks' })).entry,
    );
    expect(entry.maskedValue).toBe('j…@gmail.com');
    const attempt = () => ({ ...authorization(), payer: { email: 'jobad@gmail.com' } });
    const asked = attempt();
    expect(await refusalOf(payment.order.authorizePayment(asked))).toMatchObject({
      code: Code.FailedPrecondition,
      reason: 'PAYMENT_DECLINED',
      metadata: { decline_code: 'suspected_fraud' },
    });
    const [declined] = (await payment.staff.listPayments({ orderId: asked.orderId })).payments;
    expect(must(declined)).toMatchObject({ state: PaymentState.FAILED, providerReference: '' });
    const { paymentId } = must(declined);
    expect(must((await fraud.getFraudAssessment({ paymentId })).assessment)).toMatchObject({
      decision: FraudDecision.DECLINE,
      signals: [{ ruleId: 'blocklist', value: 'email' }],
    });
    expect((await fraud.listBlocklistEntries({})).entries).toEqual([entry]);
    await fraud.removeBlocklistEntry({ entryId: entry.entryId });
    const again = must((await payment.order.authorizePayment(attempt())).payment);
    expect(again.state).toBe(PaymentState.AUTHORIZED);
    expect(await refusalOf(fraud.removeBlocklistEntry({ entryId: entry.entryId }))).toMatchObject({
      reason: 'BLOCKLIST_ENTRY_NOT_FOUND',
    });
    const nonsense = { kind: BlocklistKind.ACCOUNT, value: 'nobody', reason: 'x' };
    expect(await refusalOf(fraud.addBlocklistEntry(nonsense))).toMatchObject({
      code: Code.InvalidArgument,
      reason: 'BLOCKLIST_VALUE_INVALID',
    });
    const card = { kind: BlocklistKind.CARD, value: '4242424242424242', reason: 'x' };
    expect(await refusalOf(fraud.addBlocklistEntry(card))).toMatchObject({ reason: 'CARD_DATA_REFUSED' });
  });

  it('measures itself by outcomes, and tells what other rules would have decided', async () => {
    await activate(20, 1_000);
    const disposable = { ...authorization(), payer: { email: 'a@mailinator.com' } };
    const bad = must((await payment.order.authorizePayment(disposable)).payment);
    expect(bad.state).toBe(PaymentState.IN_REVIEW);
    const plain = { ...authorization(), payer: { email: 'b@example.org' } };
    const good = must((await payment.order.authorizePayment(plain)).payment);
    const startTime = must(bad.createTime);
    await fraud.reportFraudOutcome({ paymentId: bad.paymentId, outcome: FraudOutcome.FRAUD });
    await fraud.reportFraudOutcome({ paymentId: good.paymentId, outcome: FraudOutcome.LEGITIMATE });
    const report = must((await fraud.getFraudReport({ startTime })).report);
    expect(report).toMatchObject({ assessedCount: 2n, reviewCount: 1n, allowedCount: 1n, labelledCount: 2n });
    expect(report.flagged).toMatchObject({ precision: 1, recall: 1, truePositives: 1n, trueNegatives: 1n });
    expect(report.rules.map(({ ruleId }) => ruleId)).toEqual(['disposable']);

    const tried = await fraud.backtestFraudRules({ startTime, rules: { case: 'version', value: 1 } });
    expect(tried.changes).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ actual: FraudDecision.REVIEW, tried: FraudDecision.ALLOW, count: 1n }),
        expect.objectContaining({ actual: FraudDecision.ALLOW, tried: FraudDecision.ALLOW, count: 1n }),
      ]),
    );
    expect(must(tried.tried).flagged).toMatchObject({ recall: 0, falseNegatives: 1n });
    const unknown = { rules: { case: 'version', value: 999 } } as const;
    expect(await refusalOf(fraud.backtestFraudRules(unknown))).toMatchObject({
      code: Code.NotFound,
      reason: 'FRAUD_RULE_SET_NOT_FOUND',
    });
    const nobody = { paymentId: newId(), outcome: FraudOutcome.FRAUD };
    expect(await refusalOf(fraud.reportFraudOutcome(nobody))).toMatchObject({
      reason: 'FRAUD_ASSESSMENT_NOT_FOUND',
    });
  });

  it('keeps versions of the rules', async () => {
    const requestId = newId();
    const ruleSet = create(FraudRuleSetSchema, { reviewScore: 10, declineScore: 20, note: 'v' });
    const made = await fraud.createFraudRuleSet({ requestId, ruleSet });
    expect(await fraud.createFraudRuleSet({ requestId, ruleSet })).toEqual(made);
    const other = create(FraudRuleSetSchema, { reviewScore: 11, declineScore: 20 });
    expect(await refusalOf(fraud.createFraudRuleSet({ requestId, ruleSet: other }))).toMatchObject({
      reason: 'REQUEST_ID_REUSED',
    });
    const upside = create(FraudRuleSetSchema, { reviewScore: 20, declineScore: 10 });
    const wrong = { requestId: newId(), ruleSet: upside };
    expect(await refusalOf(fraud.createFraudRuleSet(wrong))).toMatchObject({ reason: 'RULE_SET_INVALID' });
    expect(await refusalOf(fraud.activateFraudRuleSet({ version: 999 }))).toMatchObject({
      reason: 'FRAUD_RULE_SET_NOT_FOUND',
    });
    const active = must((await fraud.activateFraudRuleSet({ version: 1 })).ruleSet);
    expect(active.rules.length).toBeGreaterThan(10);
    expect((await fraud.getFraudRuleSet({ version: 0 })).ruleSet).toEqual(active);
    const page = await fraud.listFraudRuleSets({ pageSize: 2 });
    expect(page.ruleSets[0]).toEqual(made.ruleSet);
    const next = await fraud.listFraudRuleSets({ pageSize: 2, pageToken: page.nextPageToken });
    expect(must(next.ruleSets[0]).version).toBe(must(made.ruleSet).version - 2);
  });

  it('counts an amount against the customer’s history of captured payments', async () => {
    const customerId = newId();
    for (let paid = 0; paid < 3; paid++) {
      const { paymentId } = must(
        (await payment.order.authorizePayment(authorization({ customerId }))).payment,
      );
      await payment.order.capturePayment({ requestId: newId(), paymentId });
    }
    await eventually(async () => {
      const amount = { ...authorization().amount, units: 51n };
      const answer = await payment.order.authorizePayment(authorization({ customerId, amount }));
      expect(must(must(answer.payment).review).signals).toMatchObject([
        { ruleId: 'unusual-amount', value: '5100', threshold: '5000' },
      ]);
    });
  });

  it('sees one card paying for many accounts, and one account with many cards', async () => {
    await fraud.activateFraudRuleSet({ version: 1 });
    const paymentMethod = `pm_card_visa-${newId()}`;
    const signalsOf = async (change: object): Promise<string[]> => {
      const answer = await payment.order.authorizePayment({ ...authorization(), ...change });
      return must(must(answer.payment).review).signals.map(({ ruleId }) => ruleId);
    };
    for (let account = 0; account < 3; account++) expect(await signalsOf({ paymentMethod })).toEqual([]);
    expect(await signalsOf({ paymentMethod })).toEqual(['shared-card']);
    const customerId = newId();
    for (let card = 0; card < 4; card++)
      expect(await signalsOf({ customerId, paymentMethod: `pm_card_visa-${newId()}` })).toEqual([]);
    expect(await signalsOf({ customerId, paymentMethod: `pm_card_visa-${newId()}` })).toEqual(['many-cards']);
  });

  it('is for staff with the permission only', async () => {
    const shopper = payment.service.client(FraudService, { principal: { kind: 'user', id: newId() } });
    await expect(shopper.listFraudReviews({})).rejects.toMatchObject({ code: Code.PermissionDenied });
    const reader = payment.service.client(FraudService, {
      principal: { kind: 'user', id: newId(), permissions: ['payment.fraud.read'] },
    });
    await expect(reader.activateFraudRuleSet({ version: 1 })).rejects.toMatchObject({
      code: Code.PermissionDenied,
    });
  });
});

describe('fraud screening without Redis', () => {
  it('lets payers through at once and judges by what remains', async () => {
    const lonely = await startTestService(service, {
      env: {
        SOUK_PAYMENT_PROVIDER_URL: payment.provider.url,
        SOUK_PAYMENT_PROVIDER_API_KEY: API_KEY,
        SOUK_PAYMENT_SETTLING_S: '0',
      },
      engines: { redis: 'redis://127.0.0.1:1' },
    });
    try {
      const order = lonely.client(PaymentService, { caller: 'order' });
      const answer = must((await order.authorizePayment(authorization())).payment);
      expect(answer.state).toBe(PaymentState.AUTHORIZED);
      expect(must(answer.review)).toMatchObject({ score: 10, signals: [{ ruleId: 'no-counters' }] });
    } finally {
      await lonely.stop();
    }
  });
});
