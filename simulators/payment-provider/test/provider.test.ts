import { createServer } from 'node:http';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@souk/testing';
import { signatureOf } from '../src/signature.ts';
import { type ProviderProcess, startProviderProcess } from '../src/process.ts';

const SECRET = 'whsec_0123456789abcdef';
const received: { body: string; signature: string }[] = [];
const receiver = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
  request.on('end', () => {
    received.push({ body, signature: String(request.headers['souk-provider-signature']) });
    response.writeHead(received.length === 1 ? 503 : 200).end();
  });
});
let provider: ProviderProcess;

beforeAll(async () => {
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const address = receiver.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  provider = await startProviderProcess({
    SOUK_PROVIDER_WEBHOOK_URL: `http://127.0.0.1:${port}/`,
    SOUK_PROVIDER_WEBHOOK_SECRET: SECRET,
  });
});

afterAll(async () => {
  await provider.stop();
  receiver.close();
});

const intent = (payment_method = 'pm_card_visa'): object => ({
  amount: 1_250,
  currency: 'gbp',
  payment_method,
});
const idOf = (body: unknown): string =>
  typeof body === 'object' && body !== null && 'id' in body ? String(body.id) : '';

describe('the simulated provider', () => {
  it('authorises, captures and refunds once per key, and remembers it after a crash', async () => {
    const held = await provider.call('POST', '/v1/payment_intents', intent(), 'a1');
    expect(held.body).toMatchObject({ status: 'requires_capture', amount_capturable: 1_250 });
    expect(await provider.call('POST', '/v1/payment_intents', intent(), 'a1')).toEqual(held);
    const id = idOf(held.body);
    const capture = `/v1/payment_intents/${id}/capture`;
    const taken = await provider.call('POST', capture, {}, 'c1');
    expect(taken.body).toMatchObject({ status: 'succeeded', amount_received: 1_250 });
    await provider.crash();
    expect(await provider.call('POST', capture, {}, 'c1')).toEqual(taken);
    expect((await provider.call('POST', capture, {}, 'c2')).body).toMatchObject({
      error: { code: 'payment_intent_unexpected_state' },
    });
    const refund = { payment_intent: id, amount: 1_000 };
    expect((await provider.call('POST', '/v1/refunds', refund, 'r1')).status).toBe(200);
    expect((await provider.call('POST', '/v1/refunds', refund, 'r2')).body).toMatchObject({
      error: { code: 'amount_too_large' },
    });
    expect((await provider.call('POST', '/v1/refunds', { ...refund, amount: 1 }, 'r1')).body).toMatchObject({
      error: { code: 'key_reused' },
    });
    expect((await provider.call('GET', '/v1/balance_transactions')).body).toMatchObject({
      data: [{ payment_intent: id, amount: 1_250 }, { amount: -1_000 }],
      has_more: false,
    });
    expect((await provider.call('GET', '/admin/ledger')).body).toEqual({
      currencies: { gbp: { charges: 1_250, refunds: 1_000, charge_count: 1, refund_count: 1 } },
    });
  });

  it('declines by test card, and refuses cards and keys that it does not know', async () => {
    const declined = await provider.call('POST', '/v1/payment_intents', intent('pm_card_insufficient_funds'));
    expect(declined).toMatchObject({ status: 402, body: { error: { decline_code: 'insufficient_funds' } } });
    expect((await provider.call('POST', '/v1/payment_intents', intent('4242'))).status).toBe(400);
    expect((await fetch(`${provider.url}/v1/events`)).status).toBe(401);
  });

  it('succeeds and drops the reply when told to; the same key then tells the outcome', async () => {
    await provider.call('POST', '/admin/faults', { kind: 'drop_reply', operation: 'authorize' });
    await expect(provider.call('POST', '/v1/payment_intents', intent(), 'd1')).rejects.toThrow();
    expect((await provider.call('POST', '/v1/payment_intents', intent(), 'd1')).status).toBe(200);
  });

  it('sends signed events, again until they are accepted', async () => {
    const { body } = await provider.call('GET', '/v1/events');
    const sent = (body as { data: { id: string }[] }).data.map(({ id }) => id);
    await eventually(() => {
      const accepted = received.slice(1).map(({ body: text }) => idOf(JSON.parse(text)));
      expect(sent.filter((id) => !accepted.includes(id))).toEqual([]);
    });
    const first = received[0];
    const time = Number(first?.signature.split(',')[0]?.slice(2));
    expect(first?.signature).toBe(signatureOf(SECRET, first?.body ?? '', time));
  });

  it('keeps cards, charges them by their own ids, and forgets them', async () => {
    const attach = (token: string, key: string): ReturnType<ProviderProcess['call']> =>
      provider.call('POST', `/v1/payment_methods/${token}/attach`, { customer: 'cus_1' }, key);
    const kept = await attach('pm_card_visa-jo', 'm1');
    expect(kept.body).toMatchObject({ customer: 'cus_1', card: { brand: 'visa', last4: '4242' } });
    expect(JSON.stringify(kept.body)).not.toContain('pm_card_visa-jo');
    const again = await attach('pm_card_visa-jo', 'm2');
    const other = await attach('pm_card_visa', 'm3');
    const fingerprintOf = ({ body }: { body: unknown }): unknown =>
      Reflect.get(Object(Reflect.get(Object(body), 'card')), 'fingerprint');
    expect(fingerprintOf(again)).toBe(fingerprintOf(kept));
    expect(fingerprintOf(other)).not.toBe(fingerprintOf(kept));
    const id = idOf(kept.body);
    expect((await provider.call('POST', '/v1/payment_intents', intent(id), 'm4')).status).toBe(200);
    await provider.call('POST', `/v1/payment_methods/${id}/detach`, {}, 'm5');
    expect((await provider.call('POST', '/v1/payment_intents', intent(id), 'm6')).status).toBe(400);
  });

  it('asks payers without a key, and takes their first answer', async () => {
    const asked = await provider.call('POST', '/v1/payment_intents', intent('pm_card_challenge'), 'q1');
    const id = idOf(asked.body);
    const visit = async (path: string, answer?: string): Promise<{ status: number; text: string }> => {
      const body =
        answer === undefined ? {} : { method: 'POST', body: new URLSearchParams({ outcome: answer }) };
      const response = await fetch(`${provider.url}${path}`, body);
      return { status: response.status, text: await response.text() };
    };
    const path = `/challenges/${id}`;
    expect(asked.body).toMatchObject({ next_action: { redirect_to_url: { url: path } } });
    expect((await visit(path)).text).toContain('£12.50');
    expect(await visit(path, 'perhaps')).toMatchObject({ status: 400 });
    expect(await visit('/challenges/pi_unknown', 'pass')).toMatchObject({ status: 404 });
    expect((await visit(path, 'pass')).text).toContain('Thank you');
    expect(await visit(path, 'fail')).toMatchObject({ status: 200 });
    const read = await provider.call('GET', `/v1/payment_intents/${id}`);
    expect(read.body).toMatchObject({ status: 'requires_capture', amount_capturable: 1_250 });
  });

  it('takes a disputed charge back and returns it when the dispute is won', async () => {
    const held = await provider.call('POST', '/v1/payment_intents', intent(), 'd1');
    const payment_intent = idOf(held.body);
    await provider.call('POST', `/v1/payment_intents/${payment_intent}/capture`, {}, 'd2');
    const dispute = await provider.call('POST', '/admin/disputes', { payment_intent }, 'd3');
    expect(dispute.body).toMatchObject({ amount: 1_250, status: 'needs_response' });
    const id = idOf(dispute.body);
    const evidence = { evidence: { tracking: 'X1' } };
    const told = await provider.call('POST', `/v1/disputes/${id}`, evidence, 'd4');
    expect(told.body).toMatchObject({ status: 'under_review' });
    const won = await provider.call('POST', `/admin/disputes/${id}/close`, { status: 'won' }, 'd5');
    expect(won.body).toMatchObject({ status: 'won' });
    const reinstatement: unknown = Reflect.get(Object(won.body), 'reinstatement');
    const movements = await provider.call(
      'GET',
      `/v1/balance_transactions?source=${id}&source=${String(reinstatement)}`,
    );
    expect(movements.body).toMatchObject({ data: [{ amount: -1_250 }, { amount: 1_250 }] });
    expect((await provider.call('POST', `/v1/disputes/${id}`, evidence, 'd6')).status).toBe(400);
  });
});
