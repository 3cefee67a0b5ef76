import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@souk/kernel';
import { eventually } from '@souk/testing';
import pg from 'pg';
import { possibleSteps } from '../src/domain/payment-state.ts';
import { refusalOf } from './refusal-of.ts';
import { authorization, must, pounds, startPayment, type TestPayment } from './start-payment.ts';

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

const inject = (fault: object): Promise<unknown> => payment.provider.call('POST', '/admin/faults', fault);

describe('once-only (R3)', () => {
  it('captures a hundred payments a hundred times, although each reply is lost after success (medusa#16292)', async () => {
    const held = [];
    for (let round = 0; round < 10; round += 1)
      held.push(...(await Promise.all(Array.from({ length: 10 }, () => payment.authorized()))));
    await inject({ kind: 'drop_reply', operation: 'capture', times: 150 });
    for (let round = 0; round < 10; round += 1) {
      await Promise.all(
        held.slice(round * 10, round * 10 + 10).map(({ paymentId }) => {
          const request = { requestId: newId(), paymentId };
          return eventually(() => payment.order.capturePayment(request));
        }),
      );
    }
    await payment.provider.call('DELETE', '/admin/faults');
    const { body } = await payment.provider.call('GET', '/admin/ledger');
    expect(body).toMatchObject({ currencies: { gbp: { charges: 100_000, charge_count: 100 } } });
    const { rows } = await db.query(
      `select count(*)::int as operations, count(distinct payment_id)::int as payments
       from provider_operations where kind = 'capture'`,
    );
    // One key for each capture, whatever was retried: the operation's id.
    expect(rows).toEqual([{ operations: 100, payments: 100 }]);
  });

  it('answers fifty captures and refunds at a time under one request id alike', async () => {
    const { paymentId } = await payment.authorized();
    const fifty = <T>(call: () => Promise<T>): Promise<T[]> =>
      Promise.all(Array.from({ length: 50 }, () => eventually(call)));
    const capture = { requestId: newId(), paymentId };
    const captures = await fifty(() => payment.order.capturePayment(capture));
    expect(new Set(captures.map((it) => must(it.payment).version))).toEqual(new Set([3n]));
    const refund = { requestId: newId(), paymentId, amount: pounds(1), reason: '', reference: '' };
    const refunds = await fifty(() => payment.order.refundPayment(refund));
    expect(new Set(refunds.map((it) => must(it.refund).refundId)).size).toBe(1);
    const { payment: now } = await payment.staff.getPayment({ paymentId });
    expect(now?.refundedAmount).toEqual(pounds(1));
  });
});

describe('the database', () => {
  const states = [
    'pending',
    'requires_action',
    'in_review',
    'authorized',
    'partially_captured',
    'captured',
    'partially_refunded',
    'refunded',
    'voided',
    'failed',
  ];

  it('refuses every step that the state machine does not know', async () => {
    const { paymentId } = await payment.authorized();
    const possible = new Set(possibleSteps());
    for (const from of states) {
      for (const to of states) {
        if (from === to || possible.has(`${from}>${to}`)) continue;
        await db.query('begin');
        await db.query('alter table payments disable trigger payments_step');
        await db.query(
          'alter table payments drop constraint payments_held_check, drop constraint payments_taken_check',
        );
        await db.query('update payments set state = $2 where payment_id = $1', [paymentId, from]);
        await db.query('alter table payments enable trigger payments_step');
        const step = db.query('update payments set state = $2, version = version + 1 where payment_id = $1', [
          paymentId,
          to,
        ]);
        await expect(step).rejects.toThrow(`no step from ${from} to ${to}`);
        await db.query('rollback');
      }
    }
  });

  it('refuses amounts that shrink, and more than is held', async () => {
    const { paymentId } = await payment.captured();
    const set = (change: string): Promise<unknown> =>
      db.query(`update payments set version = version + 1, ${change} where payment_id = $1`, [paymentId]);
    await expect(set('captured = captured - 1')).rejects.toThrow(/only grow/);
    await expect(set('amount = amount + 1')).rejects.toThrow(/only grow/);
    await expect(set('refunded = captured + 1')).rejects.toThrow(/payments_refunded_check|check constraint/);
    await expect(set('released = 1')).rejects.toThrow(/check constraint/);
  });
});

describe('card data (S8)', () => {
  const NUMBER = '4000056655665556';
  const SPACED = '4000 0566 5566 5556';

  it('enters no store, topic or log, whichever field it is put in', async () => {
    const logged: string[] = [];
    const write: unknown = process.stdout.write;
    if (typeof write !== 'function') throw new Error('no standard output');
    process.stdout.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
      logged.push(String(chunk));
      return Boolean(Reflect.apply(write, process.stdout, [chunk, ...rest]));
    };
    try {
      const { paymentId, orderId } = await payment.captured();
      const canary = `${SPACED} cvv 918`;
      const refund = { paymentId, amount: pounds(1), reason: '', reference: '' };
      const all = { orderId, amount: pounds(1), reason: '', reference: '' };
      const attempts = [
        payment.order.authorizePayment(authorization({ paymentMethod: NUMBER })),
        payment.order.authorizePayment({ ...authorization(), reference: SPACED }),
        payment.order.refundPayment({ ...refund, requestId: newId(), reason: canary }),
        payment.order.refundPayment({ ...refund, requestId: newId(), reference: NUMBER }),
        payment.order.refundOrder({ ...all, requestId: newId(), reason: canary }),
        payment.order.refundOrder({ ...all, requestId: newId(), reference: NUMBER }),
      ];
      for (const attempt of attempts) {
        expect(await refusalOf(attempt)).toMatchObject({ reason: 'CARD_DATA_REFUSED', metadata: {} });
      }
    } finally {
      Object.defineProperty(process.stdout, 'write', { value: write, writable: true, configurable: true });
    }
    const tables = await db.query<{ table_name: string }>(
      "select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
    );
    const found: string[] = [];
    for (const { table_name: table } of tables.rows) {
      const { rows } = await db.query<{ row: string }>(`select t::text as row from "${table}" t`);
      found.push(...rows.map(({ row }) => row).filter((row) => holds(row)));
    }
    expect([...found, ...logged.filter((line) => holds(line))]).toEqual([]);
  });

  const holds = (text: string): boolean =>
    text.replaceAll(/[ -]/g, '').includes(NUMBER) || text.includes('cvv 918') || text.includes(hex(NUMBER));
  // As bytes of the outbox are written.
  const hex = (text: string): string => Buffer.from(text).toString('hex');
});
