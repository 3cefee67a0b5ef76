import { describe, expect, it } from '@jest/globals';
import type { Facts } from '../facts/facts.ts';
import { judgeCrashes } from './judge.ts';

const TOTAL = 1_500n;
const RUNS = [{ buyerId: 'ada', name: 'paid', ends: ['confirmed'] }];
const ENTRY = { transactionId: 't', orderId: 'o', kind: 'capture', account: 'provider_receivable' };
const NONE = { onHand: 0, reserved: 0, damaged: 0 };

const GOOD: Facts = {
  units: 1,
  buyers: [],
  books: {
    orders: [
      {
        orderId: 'o',
        customerId: 'ada',
        requestId: 'r',
        state: 'confirmed',
        paymentState: 'captured',
        units: 1,
        total: TOTAL,
      },
    ],
    sagas: [{ orderId: 'o', kind: 'checkout', state: 'completed', lastError: '' }],
    stock: NONE,
    movements: NONE,
    received: 1,
    reservations: [],
    payments: [],
    entries: [{ ...ENTRY, side: 'debit', amount: TOTAL }],
    ledgerDifference: [],
    unpublished: { order: 0 },
  },
  provider: {
    intents: [{ intentId: 'pi', orderId: 'o', held: 0n }],
    movements: [{ orderId: 'o', type: 'charge', amount: TOTAL }],
  },
  shownAvailable: 0,
  followers: { told: [], inCarts: {}, view: NONE },
};
const [ORDER] = GOOD.books.orders;
const [SAGA] = GOOD.books.sagas;
const [MOVED] = GOOD.provider.movements;

const books = (change: Partial<Facts['books']>): Facts => ({ ...GOOD, books: { ...GOOD.books, ...change } });
const provider = (change: Partial<Facts['provider']>): Facts => ({
  ...GOOD,
  provider: { ...GOOD.provider, ...change },
});

const CASES: readonly (readonly [what: string, facts: Facts, rule: string])[] = [
  ['an order that was never placed', books({ orders: [] }), 'every order is placed in the end'],
  ['two orders', books({ orders: ORDER === undefined ? [] : [ORDER, ORDER] }), 'one order per request'],
  [
    'an order that is pending',
    books({ orders: ORDER === undefined ? [] : [{ ...ORDER, state: 'pending' }] }),
    'the order ends as it should',
  ],
  [
    'a stuck saga',
    books({ sagas: SAGA === undefined ? [] : [{ ...SAGA, state: 'blocked' }] }),
    'nothing is stuck',
  ],
  [
    'a double charge',
    provider({ movements: MOVED === undefined ? [] : [MOVED, MOVED] }),
    'charged once at most',
  ],
  ['a missing charge', provider({ movements: [] }), 'the money is right'],
  [
    'a hold that stays',
    provider({ intents: [{ intentId: 'pi', orderId: 'o', held: 1n }] }),
    'nothing stays held on a card',
  ],
  ['a charge that is not booked', books({ entries: [] }), 'the ledger is what the provider did'],
  ['a unit too many', books({ stock: { ...NONE, onHand: 1 } }), 'stock is what was not sold'],
  ['a leak', books({ stock: { ...NONE, reserved: 1 } }), 'no reservation leaks'],
  ['stock out of nowhere', books({ movements: { ...NONE, onHand: 1 } }), 'movements explain the stock'],
  ['facts that wait', books({ unpublished: { order: 1 } }), 'facts are published'],
];

describe('judgeCrashes', () => {
  it('finds nothing where all is well', () => {
    expect(judgeCrashes(RUNS, GOOD).broken).toEqual([]);
  });

  it.each(CASES)('finds %s', (_, facts, rule) => {
    expect(judgeCrashes(RUNS, facts).broken.map((each) => each.rule)).toContain(rule);
  });
});
