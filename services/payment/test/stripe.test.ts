import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Money } from '@souk/kernel';
import Stripe from 'stripe';
import { stripeGateway } from '../src/clients/gateway.ts';
import { requested } from '../src/domain/payment.ts';
import { tender } from '../src/domain/tender.ts';
import { type StripeMock, startStripeMock } from './stripe-mock.ts';
import { must } from './start-payment.ts';

const SECRET = 'whsec_0123456789abcdef';
const now = new Date();
const amount = Money.of('GBP', 1_000);
const asked = requested(
  {
    orderId: 'o',
    customerId: 'c',
    purpose: 'checkout',
    reference: '',
    amount,
    tenders: [tender('card', amount)],
  },
  'stripe',
  'p',
  now,
);
const payment = { ...asked, providerReference: 'pi_123' };

const mock: StripeMock | undefined = await startStripeMock();
// Without Go there is nothing to build the stand-in with, and nothing else that speaks for Stripe.
const withMock = mock === undefined ? describe.skip : describe;

afterAll(async () => {
  await mock?.stop();
});

withMock('Stripe', () => {
  const stripe = must(mock);
  const access = { url: stripe.url, apiKey: 'sk_test_0123456789abcdef', timeoutMs: 4_000 };
  const { provider, vault, desk } = stripeGateway(access, SECRET, 'http://localhost/back');

  beforeAll(() => {
    stripe.asked.length = 0;
  });

  it('holds an amount by a payment intent that is captured by hand, under our key', async () => {
    stripe.answer(200, { status: 'requires_capture', id: 'pi_1' });
    const answer = await provider.authorize('key-1', asked, amount, 'pm_card_visa');
    expect(answer).toEqual({ outcome: 'authorized', reference: 'pi_1' });
    const { call, key, form } = must(stripe.asked.at(-1));
    expect([call, key]).toEqual(['POST /v1/payment_intents', 'key-1']);
    expect(Object.fromEntries(form)).toMatchObject({
      amount: '1000',
      currency: 'gbp',
      capture_method: 'manual',
      confirm: 'true',
      'metadata[payment_id]': 'p',
    });
  });

  it('tells of a challenge, of a decline, and of a refusal', async () => {
    const next_action = { type: 'redirect_to_url', redirect_to_url: { url: 'https://bank.test/3ds' } };
    stripe.answer(200, { status: 'requires_action', id: 'pi_2', next_action, client_secret: 'pi_2_secret' });
    expect(await provider.authorize('key-2', asked, amount, 'pm_card_visa')).toMatchObject({
      outcome: 'challenged',
      action: { redirectUrl: 'https://bank.test/3ds', clientSecret: 'pi_2_secret' },
    });
    const error = {
      type: 'card_error',
      code: 'card_declined',
      decline_code: 'insufficient_funds',
      payment_intent: { id: 'pi_3' },
    };
    stripe.answer(402, { error });
    expect(await provider.authorize('key-3', asked, amount, 'pm_card_visa')).toEqual({
      outcome: 'declined',
      reference: 'pi_3',
      declineCode: 'insufficient_funds',
    });
    stripe.answer(400, { error: { type: 'invalid_request_error', code: 'payment_intent_unexpected_state' } });
    expect(await provider.void('key-4', payment)).toEqual({
      outcome: 'refused',
      code: 'payment_intent_unexpected_state',
    });
  });

  it('keeps the key when it asks again, and leaves open what it does not know (medusa#16292)', async () => {
    stripe.asked.length = 0;
    stripe.answer(500, { error: { type: 'api_error' } });
    stripe.answer(500, { error: { type: 'api_error' } });
    await expect(provider.capture('key-5', payment, amount, false)).rejects.toMatchObject({
      reason: 'PROVIDER_UNAVAILABLE',
    });
    expect(stripe.asked.map(({ key }) => key)).toEqual(['key-5', 'key-5']);
  });

  it('captures, releases and refunds, and knows each movement by an id of its own', async () => {
    const latest_charge = { id: 'ch_1', object: 'charge', balance_transaction: 'txn_1' };
    stripe.answer(200, { latest_charge });
    expect(await provider.capture('key-6', payment, amount, true)).toEqual({
      outcome: 'done',
      reference: 'txn_1',
    });
    expect(must(stripe.asked.at(-1)).form.get('final_capture')).toBe('false');
    stripe.answer(200, { id: 're_1', status: 'succeeded' });
    expect(await provider.refund('key-7', payment, amount)).toEqual({ outcome: 'done', reference: 're_1' });
    expect(await provider.void('key-8', payment)).toEqual({ outcome: 'done' });
  });

  it('reads the report, page by page, and single movements', async () => {
    const transaction = (id: string, type: string, minor: number, source: string): object => ({
      id,
      type,
      amount: minor,
      currency: 'gbp',
      source,
      object: 'balance_transaction',
    });
    const data = [
      transaction('txn_1', 'charge', 1_000, 'ch_1'),
      transaction('txn_2', 'refund', -400, 're_1'),
      transaction('txn_3', 'payout', -600, 'po_1'),
    ];
    stripe.answer(200, { data, has_more: true });
    const page = await provider.listMovements({ start: undefined, end: now }, undefined, 500);
    expect(page).toMatchObject({
      next: 'txn_3',
      movements: [
        { providerReference: 'txn_1', amount: Money.of('GBP', 1_000) },
        { providerReference: 're_1', amount: Money.of('GBP', -400) },
      ],
    });
    stripe.answer(200, must(data[0]));
    expect(await provider.findMovements(['txn_1'])).toMatchObject([{ providerReference: 'txn_1' }]);
  });

  it('keeps cards and answers disputes', async () => {
    const kept = await vault.attach('key-9', 'c', 'pm_card_visa');
    expect(kept).toMatchObject({ outcome: 'attached', reference: expect.stringMatching(/^pm_.+@cus_/) });
    await vault.detach('key-10', 'pm_1@cus_1');
    expect(await desk.submitEvidence('key-11', 'dp_1', new Map([['receipt', 'here']]))).toEqual({
      outcome: 'done',
    });
  });
});

describe("Stripe's webhook", () => {
  const { webhook } = stripeGateway(
    { url: 'http://127.0.0.1:1', apiKey: 'sk_test_0123456789abcdef', timeoutMs: 1 },
    SECRET,
    'http://localhost/',
  );
  const event = (type: string, object: object): string =>
    JSON.stringify({ id: 'evt_1', object: 'event', type, data: { object } });
  const charge = {
    id: 'ch_1',
    object: 'charge',
    payment_intent: 'pi_1',
    amount_captured: 700,
    currency: 'gbp',
    balance_transaction: 'txn_1',
    metadata: { payment_id: 'p' },
  };

  it('is believed only with a fresh signature of the SDK', () => {
    const payload = event('charge.captured', charge);
    const seconds = Math.floor(now.getTime() / 1_000);
    const header = (timestamp: number, secret = SECRET): string =>
      Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
    const body = Buffer.from(payload);
    expect(webhook.isSigned(header(seconds), body, now)).toBe(true);
    expect(webhook.isSigned(header(seconds, 'whsec_another0123456'), body, now)).toBe(false);
    expect(webhook.isSigned(header(seconds - 301), body, now)).toBe(false);
    expect(webhook.isSigned(header(seconds), Buffer.from(`${payload} `), now)).toBe(false);
  });

  it('is read as what it means for a payment', () => {
    expect(webhook.parse(Buffer.from(event('charge.captured', charge)))).toMatchObject({
      type: 'captured',
      paymentId: 'p',
      providerReference: 'pi_1',
      captureReference: 'txn_1',
      amount: Money.of('GBP', 700),
    });
    const intent = { id: 'pi_1', object: 'payment_intent', metadata: {}, last_payment_error: null };
    const parse = (type: string): unknown => webhook.parse(Buffer.from(event(type, intent)))?.type;
    expect(parse('payment_intent.amount_capturable_updated')).toBe('authorized');
    expect(parse('payment_intent.canceled')).toBe('canceled');
    expect(parse('payment_intent.payment_failed')).toBe('declined');
    expect(parse('payment_intent.succeeded')).toBe('other');
  });
});
