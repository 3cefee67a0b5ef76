import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ReconciliationBreakKind } from '@souk/gen/souk/payment/v1/ledger_pb';
import { newId } from '@souk/kernel';
import pg from 'pg';
import { must, pounds, startPayment, type TestPayment } from './start-payment.ts';

let payment: TestPayment;
let db: pg.Client;

beforeAll(async () => {
  payment = await startPayment();
  const url = new URL(payment.service.engines.postgres);
  url.pathname = `/${payment.service.namespace}_payment`;
  db = new pg.Client({ connectionString: url.href });
  await db.connect();
});

afterAll(async () => {
  await db.end();
  await payment.stop();
});

const times = <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));

const field = (body: unknown, name: string): string =>
  String(typeof body === 'object' && body !== null ? Reflect.get(body, name) : '');

async function chargeAtProvider(minor: number): Promise<string> {
  const direct = { amount: minor, currency: 'gbp', payment_method: 'pm_card_visa' };
  const { body } = await payment.provider.call('POST', '/v1/payment_intents', direct);
  const taken = await payment.provider.call('POST', `/v1/payment_intents/${field(body, 'id')}/capture`, {});
  return field(taken.body, 'latest_charge');
}

/** Books what no capture did, as a fault of ours would. */
async function bookByHand(
  paymentId: string,
  orderId: string,
  reference: string,
  minor: number,
): Promise<void> {
  const id = newId();
  await db.query(
    `with booked as (
       insert into ledger_transactions
         (transaction_id, kind, payment_id, order_id, provider, provider_reference, book_time)
       values ($1, 'capture', $2, $3, 'simulator', $4, now()))
     insert into ledger_entries (transaction_id, account, side, currency, amount)
     values ($1, 'provider_receivable', 'debit', 'GBP', $5), ($1, 'order_clearing', 'credit', 'GBP', $5)`,
    [id, paymentId, orderId, reference, minor],
  );
}

async function breaks(pageSize: number): Promise<string[]> {
  const found: string[] = [];
  let pageToken = '';
  do {
    const page = await payment.staff.reconcilePayments({ pageSize, pageToken });
    found.push(...page.breaks.map((it) => `${ReconciliationBreakKind[it.kind]} ${it.providerReference}`));
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  return found.sort();
}

describe('reconciliation', () => {
  it('finds fifty of fifty injected breaks of four kinds, and no false one (R4)', async () => {
    const paid = await times(30, () => payment.captured());
    await times(10, async (index) => {
      const { paymentId } = must(paid[index]);
      await payment.order.refundPayment({
        requestId: newId(),
        paymentId,
        amount: pounds(1),
        reason: '',
        reference: '',
      });
    });
    await payment.authorized();
    expect(await breaks(7)).toEqual([]);

    const strays = await times(15, (index) => chargeAtProvider(100 + index));
    const refunds = await times(15, async (index) => {
      const byHand = { payment_intent: must(paid[index]).providerReference, amount: 50 + index };
      return field((await payment.provider.call('POST', '/v1/refunds', byHand)).body, 'id');
    });
    const { paymentId, orderId } = must(paid[0]);
    const phantoms = Array.from({ length: 10 }, (_, index) => `ch_phantom_${index}`);
    for (const reference of phantoms) await bookByHand(paymentId, orderId, reference, 500);
    const wrong = await times(10, (index) => chargeAtProvider(900 + index));
    for (const reference of wrong) await bookByHand(paymentId, orderId, reference, 899);

    const injected = [
      ...[...strays, ...refunds].map((it) => `MISSING_IN_LEDGER ${it}`),
      ...phantoms.map((it) => `MISSING_AT_PROVIDER ${it}`),
      ...wrong.map((it) => `AMOUNT_MISMATCH ${it}`),
    ].sort();
    expect(injected).toHaveLength(50);
    expect(await breaks(7)).toEqual(injected);
    expect(await breaks(1_000)).toEqual(injected);
  });
});
