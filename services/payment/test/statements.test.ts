import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@souk/kernel';
import pg from 'pg';
import { authorization, must, startPayment, type TestPayment } from './start-payment.ts';

let payment: TestPayment;

beforeAll(async () => {
  payment = await startPayment();
});

afterAll(async () => {
  await payment.stop();
});

/** The texts that this process sends to PostgreSQL for `work`; what the background does meanwhile is left out. */
async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const sent: string[] = [];
  const query: unknown = Object.getOwnPropertyDescriptor(pg.Client.prototype, 'query')?.value;
  if (typeof query !== 'function') throw new Error('the driver has changed');
  Object.defineProperty(pg.Client.prototype, 'query', {
    configurable: true,
    writable: true,
    value: function (this: unknown, ...args: unknown[]): unknown {
      const [first] = args;
      sent.push(typeof first === 'string' ? first : String(must(textOf(first))));
      return Reflect.apply(query, this, args);
    },
  });
  try {
    await work();
  } finally {
    Object.defineProperty(pg.Client.prototype, 'query', { configurable: true, writable: true, value: query });
  }
  return sent.filter(
    (text) =>
      !/for update skip locked|from "provider_events"|outbox ORDER BY|FROM outbox|from "payments" where \(\(state/i.test(
        text,
      ),
  );
}

function textOf(query: unknown): unknown {
  return typeof query === 'object' && query !== null && 'text' in query ? query.text : undefined;
}

describe('the hot path', () => {
  it('authorises with two statements and captures with two, each of them a transaction of its own', async () => {
    // Opens connections and prepares what is prepared once.
    await payment.captured();
    const asked = authorization();
    let paymentId = '';
    const authorise = await statementsOf(async () => {
      paymentId = must((await payment.order.authorizePayment(asked)).payment).paymentId;
    });
    const capture = await statementsOf(() => payment.order.capturePayment({ requestId: newId(), paymentId }));
    expect([authorise.length, capture.length]).toEqual([2, 2]);
    expect([...authorise, ...capture].filter((text) => /^\s*(begin|commit)/i.test(text))).toEqual([]);
  });
});
