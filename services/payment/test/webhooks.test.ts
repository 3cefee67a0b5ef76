import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { create } from '@bufbuild/protobuf';
import { HttpBodySchema } from '@souk/gen/google/api/httpbody_pb';
import { PaymentService } from '@souk/gen/souk/payment/v1/payment_service_pb';
import { newId } from '@souk/kernel';
import { eventually } from '@souk/testing';
import { refusalOf } from './refusal-of.ts';
import {
  must,
  PaymentState,
  pounds,
  startPayment,
  type TestPayment,
  WEBHOOK_SECRET,
} from './start-payment.ts';

let payment: TestPayment;
let edge: Server;

/** Stands where the edge does: hands the provider's webhooks on as they are. */
beforeAll(async () => {
  edge = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const signature = String(request.headers['souk-provider-signature']);
      deliver(Buffer.concat(chunks), signature).then(
        () => response.writeHead(200).end(),
        () => response.writeHead(500).end(),
      );
    });
  });
  edge.listen(0, '127.0.0.1');
  await once(edge, 'listening');
  const address = edge.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  payment = await startPayment(
    { SOUK_PROVIDER_WEBHOOK_URL: `http://127.0.0.1:${port}/`, SOUK_PROVIDER_WEBHOOK_SECRET: WEBHOOK_SECRET },
    { SOUK_PAYMENT_STRAY_AFTER_S: '1' },
  );
});

afterAll(async () => {
  await payment.stop();
  edge.close();
});

const inject = (fault: object): Promise<unknown> => payment.provider.call('POST', '/admin/faults', fault);

const fieldOf = (body: unknown, field: string): string =>
  String(typeof body === 'object' && body !== null ? Reflect.get(body, field) : '');

function deliver(data: Buffer, signature: string): Promise<unknown> {
  const body = create(HttpBodySchema, { contentType: 'application/json', data });
  const headers = { 'souk-provider-signature': signature };
  return payment.service
    .client(PaymentService)
    .handleProviderWebhook({ provider: 'simulator', body }, { headers });
}

function signed(text: string, seconds: number): string {
  return `t=${seconds},v1=${createHmac('sha256', WEBHOOK_SECRET).update(`${seconds}.${text}`).digest('hex')}`;
}

async function expectNoBreak(): Promise<void> {
  await eventually(async () => {
    const { breaks } = await payment.staff.reconcilePayments({ pageSize: 1_000 });
    expect(breaks).toEqual([]);
  });
}

describe('webhooks', () => {
  it('end right when they come early, ten times, late and out of order (R4)', async () => {
    await inject({ kind: 'early_webhooks', operation: 'authorize', times: 4 });
    await inject({ kind: 'early_webhooks', operation: 'capture', times: 4 });
    await inject({ kind: 'duplicate_webhooks', times: 30, copies: 10 });
    await inject({ kind: 'shuffle_webhooks', times: 12, copies: 4 });
    await inject({ kind: 'hold_webhooks', times: 6, delay_ms: 300 });
    const paid = await Promise.all(Array.from({ length: 10 }, () => payment.captured()));
    await Promise.all(
      paid.map(({ paymentId }) =>
        payment.order.refundPayment({
          requestId: newId(),
          paymentId,
          amount: pounds(2),
          reason: '',
          reference: '',
        }),
      ),
    );
    const given = await payment.authorized();
    const target = { case: 'paymentId', value: given.paymentId } as const;
    await payment.order.voidPayment({ requestId: newId(), target });
    await payment.provider.call('DELETE', '/admin/faults');

    await expectNoBreak();
    for (const { paymentId } of paid) {
      const { payment: now } = await payment.staff.getPayment({ paymentId });
      expect(now).toMatchObject({
        state: PaymentState.PARTIALLY_REFUNDED,
        version: 4n,
        refundedAmount: pounds(2),
      });
    }
    const { payment: over } = await payment.staff.getPayment({ paymentId: given.paymentId });
    expect(over).toMatchObject({ state: PaymentState.VOIDED, version: 3n });
  });

  it('are refused when they are replayed after five minutes, and change nothing before', async () => {
    const { paymentId, providerReference } = await payment.captured();
    const { body } = await payment.provider.call('GET', `/v1/payment_intents/${providerReference}`);
    const text = JSON.stringify({ id: 'evt_1', type: 'payment_intent.canceled', data: { object: body } });
    const now = Math.floor(Date.now() / 1000);
    expect(await refusalOf(deliver(Buffer.from(text), signed(text, now - 301)))).toMatchObject({
      reason: 'WEBHOOK_SIGNATURE_INVALID',
    });
    expect(await refusalOf(deliver(Buffer.from('{}'), signed('{}', now)))).toMatchObject({
      reason: 'WEBHOOK_BODY_INVALID',
    });
    await Promise.all(Array.from({ length: 10 }, () => deliver(Buffer.from(text), signed(text, now))));
    const { payment: same } = await payment.staff.getPayment({ paymentId });
    expect(same).toMatchObject({ state: PaymentState.CAPTURED, version: 3n });
  });

  it('pass a challenge without anybody asking', async () => {
    const asked = { requestId: newId(), orderId: newId(), customerId: newId(), amount: pounds(1) };
    const { payment: waiting } = await payment.order.authorizePayment({
      ...asked,
      paymentMethod: 'pm_card_challenge',
    });
    const { paymentId, providerReference } = must(waiting);
    await payment.provider.call('POST', `/admin/challenges/${providerReference}`, { outcome: 'pass' });
    await eventually(async () => {
      const { payment: held } = await payment.staff.getPayment({ paymentId });
      expect(held?.state).toBe(PaymentState.AUTHORIZED);
    });
  });

  it('that tell of money for no order of ours make it go back by itself (medusa#13301)', async () => {
    const direct = {
      amount: 4_900,
      currency: 'gbp',
      payment_method: 'pm_card_visa',
      metadata: { order_id: newId() },
    };
    const intents = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const { body } = await payment.provider.call('POST', '/v1/payment_intents', direct);
        await payment.provider.call('POST', `/v1/payment_intents/${fieldOf(body, 'id')}/capture`, {});
        return fieldOf(body, 'id');
      }),
    );
    await eventually(async () => {
      for (const intent of intents) {
        const { body } = await payment.provider.call('GET', `/v1/payment_intents/${intent}`);
        expect(body).toMatchObject({ amount_received: 4_900, amount_refunded: 4_900 });
      }
    });
    await expectNoBreak();
    const { accounts, balanced } = await payment.staff.getTrialBalance({});
    const unmatched = must(accounts.find(({ account }) => account === 'unmatched_receipts'));
    expect([balanced, unmatched.credit, unmatched.debit]).toEqual([true, pounds(147), pounds(147)]);
  });
});
