import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { create } from '@bufbuild/protobuf';
import { HttpBodySchema } from '@souk/gen/google/api/httpbody_pb';
import { ReconciliationBreakKind } from '@souk/gen/souk/payment/v1/ledger_pb';
import { PaymentService } from '@souk/gen/souk/payment/v1/payment_service_pb';
import { newId } from '@souk/kernel';
import { eventually } from '@souk/testing';
import { createHmac } from 'node:crypto';
import {
  authorization,
  must,
  PaymentState,
  pounds,
  startPayment,
  type TestPayment,
  WEBHOOK_SECRET,
} from './start-payment.ts';

let payment: TestPayment;

beforeAll(async () => {
  payment = await startPayment();
});

afterAll(async () => {
  await payment.stop();
});

const inject = (fault: object): Promise<unknown> => payment.provider.call('POST', '/admin/faults', fault);

const heal = (): Promise<unknown> => payment.provider.call('DELETE', '/admin/faults');

const idOf = (body: unknown): string =>
  typeof body === 'object' && body !== null && 'id' in body ? String(body.id) : '';

const chargeOf = (body: unknown): string =>
  typeof body === 'object' && body !== null && 'latest_charge' in body ? String(body.latest_charge) : '';

function deliver(event: object, secret = WEBHOOK_SECRET): Promise<unknown> {
  const data = Buffer.from(JSON.stringify(event));
  const time = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', secret).update(`${time}.`).update(data).digest('hex');
  const body = create(HttpBodySchema, { contentType: 'application/json', data });
  const headers = { 'souk-provider-signature': `t=${time},v1=${signature}` };
  return payment.service
    .client(PaymentService)
    .handleProviderWebhook({ provider: 'simulator', body }, { headers });
}

describe('when the provider misbehaves', () => {
  it('takes the money once although replies are lost after success', async () => {
    await inject({ kind: 'drop_reply', times: 10 });
    const held = await Promise.all(Array.from({ length: 10 }, () => payment.authorized()));
    await inject({ kind: 'drop_reply', operation: 'capture', times: 10 });
    await Promise.all(
      held.map(({ paymentId }) => {
        const request = { requestId: newId(), paymentId };
        return eventually(() => payment.order.capturePayment(request));
      }),
    );
    const { body } = await payment.provider.call('GET', '/admin/ledger');
    expect(body).toMatchObject({ currencies: { gbp: { charges: 10_000, charge_count: 10 } } });
    const trial = await payment.staff.getTrialBalance({});
    expect(trial).toMatchObject({ balanced: true });
    expect(trial.accounts.find(({ account }) => account === 'provider_receivable')?.debit?.units).toBe(100n);
  });

  it('settles in the background what nobody asks about again', async () => {
    const asked = authorization();
    await inject({ kind: 'fail', operation: 'authorize', times: 1_000 });
    await expect(payment.order.authorizePayment(asked)).rejects.toThrow();
    await heal();
    await eventually(async () => {
      const { payments } = await payment.staff.listPayments({ orderId: asked.orderId });
      expect(payments.map(({ state }) => state)).toEqual([PaymentState.AUTHORIZED]);
    });
  });

  it('voids an order whose authorisation has an unknown outcome', async () => {
    const asked = authorization();
    await inject({ kind: 'fail', operation: 'authorize', times: 1_000 });
    await expect(payment.order.authorizePayment(asked)).rejects.toThrow();
    await heal();
    const request = { requestId: newId(), target: { case: 'orderId', value: asked.orderId } } as const;
    const { payment: voided } = await eventually(() => payment.order.voidPayment(request));
    expect(voided?.state).toBe(PaymentState.VOIDED);
  });

  it('applies signed events once, forwards only, and refuses forged ones', async () => {
    const { paymentId, providerReference } = await payment.authorized();
    const { body } = await payment.provider.call(
      'POST',
      `/v1/payment_intents/${providerReference}/cancel`,
      {},
    );
    const event = { id: `evt_${newId()}`, type: 'payment_intent.canceled', data: { object: body } };
    await expect(deliver(event, 'another secret')).rejects.toThrow(/signature/);
    await Promise.all([deliver(event), deliver(event), deliver(event)]);
    await eventually(async () => {
      expect((await payment.staff.getPayment({ paymentId })).payment).toMatchObject({
        state: PaymentState.VOIDED,
        version: 3n,
      });
    });
  });

  it("finds every injected difference to the provider's ledger, and no other", async () => {
    const { paymentId, providerReference } = await payment.captured();
    const direct = { amount: 700, currency: 'gbp', payment_method: 'pm_card_visa' };
    const intent = idOf((await payment.provider.call('POST', '/v1/payment_intents', direct)).body);
    const taken = await payment.provider.call('POST', `/v1/payment_intents/${intent}/capture`, {});
    const stray = chargeOf(taken.body);
    const byHand = { payment_intent: providerReference, amount: 300 };
    const refund = idOf((await payment.provider.call('POST', '/v1/refunds', byHand)).body);

    const breaks = await reconcile();
    expect(breaks.map(({ kind, providerReference: it }) => [ReconciliationBreakKind[kind], it])).toEqual([
      ['MISSING_IN_LEDGER', stray],
      ['MISSING_IN_LEDGER', refund],
    ]);

    await deliver({
      id: `evt_${newId()}`,
      type: 'refund.created',
      data: {
        object: {
          id: refund,
          object: 'refund',
          payment_intent: providerReference,
          amount: 300,
          currency: 'gbp',
          metadata: { payment_id: paymentId },
        },
      },
    });
    await eventually(async () => {
      expect((await reconcile()).map(({ providerReference: it }) => it)).toEqual([stray]);
    });
    const { payment: now } = await payment.staff.getPayment({ paymentId });
    expect(must(now).refundedAmount).toEqual(pounds(3));
  });

  it('keeps the books append-only and balanced, whatever is tried', async () => {
    const { default: knexOf } = await import('knex');
    const url = new URL(payment.service.engines.postgres);
    url.pathname = `/${payment.service.namespace}_payment`;
    const knex = knexOf({ client: 'pg', connection: url.href });
    try {
      await expect(knex('ledger_entries').update({ amount: 1 })).rejects.toThrow(/append-only/);
      await expect(knex('ledger_transactions').delete()).rejects.toThrow(/append-only/);
      const [transaction_id] = await knex('ledger_transactions').limit(1).pluck<string[]>('transaction_id');
      const entry = { transaction_id, account: 'order_clearing', side: 'credit', currency: 'GBP', amount: 1 };
      await expect(knex('ledger_entries').insert(entry)).rejects.toThrow(/not balanced/);
    } finally {
      await knex.destroy();
    }
  });
});

async function reconcile() {
  const breaks = [];
  let pageToken = '';
  do {
    const page = await payment.staff.reconcilePayments({ pageSize: 3, pageToken });
    breaks.push(...page.breaks);
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  return breaks;
}
