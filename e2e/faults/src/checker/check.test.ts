import { describe, expect, it } from '@jest/globals';
import type { BuyerFact, EntryFact, Facts, OrderFact } from '../facts/facts.ts';
import type { Rule } from './broken.ts';
import { check } from './check.ts';

const TOTAL = 1_500n;

/** Three buyers want one of two units: Ada and Bo get one, Cy is refused. */
function goodRound(): Facts {
  return {
    units: 2,
    buyers: [
      buyer('ada', { kind: 'ok', orderId: 'order-ada', total: TOTAL }),
      buyer('bo', { kind: 'ok', orderId: 'order-bo', total: TOTAL }),
      buyer('cy', { kind: 'refused', reason: 'STOCK_INSUFFICIENT', orderId: 'order-cy' }),
    ],
    books: {
      orders: [order('ada'), order('bo'), order('cy', { state: 'rejected', paymentState: 'pending' })],
      sagas: [
        { orderId: 'order-ada', kind: 'checkout', state: 'completed', lastError: '' },
        { orderId: 'order-bo', kind: 'checkout', state: 'completed', lastError: '' },
        { orderId: 'order-cy', kind: 'checkout', state: 'compensated', lastError: '' },
      ],
      stock: { onHand: 0, reserved: 0, damaged: 0 },
      movements: { onHand: 0, reserved: 0, damaged: 0 },
      received: 2,
      reservations: [
        { orderId: 'order-ada', state: 'committed', units: 1 },
        { orderId: 'order-bo', state: 'committed', units: 1 },
      ],
      payments: ['ada', 'bo'].map((name) => ({
        paymentId: `payment-${name}`,
        orderId: `order-${name}`,
        state: 'captured',
        captured: TOTAL,
        refunded: 0n,
        openOperations: 0,
      })),
      entries: [...capture('ada', 'c1'), ...capture('bo', 'c2')],
      ledgerDifference: [0n],
      unpublished: { order: 0, inventory: 0, payment: 0 },
    },
    provider: {
      intents: [
        { intentId: 'pi-ada', orderId: 'order-ada', held: 0n },
        { intentId: 'pi-bo', orderId: 'order-bo', held: 0n },
      ],
      movements: [charge('ada'), charge('bo')],
    },
    shownAvailable: 0,
    followers: {
      told: [tell('ada', 'OrderConfirmed'), tell('bo', 'OrderConfirmed'), tell('cy', 'OrderRejected')],
      inCarts: { ada: 0, bo: 0, cy: 1 },
      view: { onHand: 0, reserved: 0, damaged: 0 },
    },
  };
}

type Change = (facts: Facts) => Facts;

/** A change to the books of the good round. */
const books =
  (change: (before: Facts['books']) => Partial<Facts['books']>): Change =>
  (facts) => ({ ...facts, books: { ...facts.books, ...change(facts.books) } });

/** A change to what the provider has stored. */
const provider =
  (change: (before: Facts['provider']) => Partial<Facts['provider']>): Change =>
  (facts) => ({ ...facts, provider: { ...facts.provider, ...change(facts.provider) } });

/** A change to what follows the books. */
const followers =
  (change: (before: Facts['followers']) => Partial<Facts['followers']>): Change =>
  (facts) => ({ ...facts, followers: { ...facts.followers, ...change(facts.followers) } });

/** A change to what one buyer knows. */
const told =
  (name: string, answer: BuyerFact['answer']): Change =>
  (facts) => ({
    ...facts,
    buyers: facts.buyers.map((each) => (each.buyerId === name ? { ...each, answer } : each)),
  });

/** A change to one order. */
const made = (name: string, change: Partial<OrderFact>): Change =>
  books(({ orders }) => ({
    orders: orders.map((each) => (each.customerId === name ? { ...each, ...change } : each)),
  }));

/** A change to what one buyer wanted. */
const wants =
  (name: string, wanted: number): Change =>
  (facts) => ({
    ...facts,
    buyers: facts.buyers.map((each) => (each.buyerId === name ? { ...each, wanted } : each)),
  });

const CASES: readonly (readonly [what: string, change: Change, ...rules: Rule[]])[] = [
  [
    'a unit too many sold',
    made('cy', { state: 'confirmed', paymentState: 'captured' }),
    'exactly what can be sold is sold',
    'stock is what was not sold',
    'the answer is what happened',
    'a sold order is captured once, exactly',
    'no reservation leaks',
    'each fact is told once',
    'what was bought leaves the cart',
  ],
  [
    'a unit too few sold',
    made('bo', { state: 'rejected', paymentState: 'voided' }),
    'exactly what can be sold is sold',
    'stock is what was not sold',
    'the answer is what happened',
    'an order not sold nets to nothing',
    'no reservation leaks',
    'each fact is told once',
  ],
  [
    'less than nothing available',
    books(() => ({ stock: { onHand: -1, reserved: 0, damaged: 0 } })),
    'stock is what was not sold',
    'movements explain the stock',
    'shoppers see the stock',
    'the read model is the books',
  ],
  [
    'movements that do not add up',
    books(() => ({ movements: { onHand: 1, reserved: 0, damaged: 0 } })),
    'movements explain the stock',
  ],
  ['stock received twice', books(() => ({ received: 4 })), 'movements explain the stock'],
  [
    'a leaked reservation',
    books(({ reservations }) => ({
      reservations: [...reservations, { orderId: 'order-cy', state: 'held', units: 1 }],
      stock: { onHand: 1, reserved: 1, damaged: 0 },
      movements: { onHand: 1, reserved: 1, damaged: 0 },
    })),
    'no reservation leaks',
    'stock is what was not sold',
    'the read model is the books',
  ],
  [
    'stock taken for a refused order',
    books(({ reservations }) => ({
      reservations: [...reservations, { orderId: 'order-cy', state: 'committed', units: 1 }],
    })),
    'no reservation leaks',
  ],
  [
    'stock taken for no order',
    books(({ reservations }) => ({
      reservations: [...reservations, { orderId: 'order-of-nobody', state: 'committed', units: 1 }],
    })),
    'no reservation leaks',
  ],
  [
    'a sold order without its stock',
    books(({ reservations }) => ({ reservations: reservations.slice(1) })),
    'no reservation leaks',
  ],
  ['a wrong availability shown', (facts) => ({ ...facts, shownAvailable: 1 }), 'shoppers see the stock'],
  [
    'a double charge that payment knows of',
    (facts) =>
      provider(({ movements }) => ({ movements: [...movements, charge('ada')] }))(
        books(({ entries }) => ({ entries: [...entries, ...capture('ada', 'c3')] }))(facts),
      ),
    'a sold order is captured once, exactly',
  ],
  [
    'a double charge that payment does not know of',
    provider(({ movements }) => ({ movements: [...movements, charge('ada')] })),
    'a sold order is captured once, exactly',
    'the ledger is what the provider did',
  ],
  [
    'a charge and a refund of a sold order',
    provider(({ movements }) => ({
      movements: [...movements, { ...charge('bo'), type: 'refund', amount: -TOTAL }],
    })),
    'a sold order is captured once, exactly',
    'the ledger is what the provider did',
  ],
  [
    'a charge of another amount',
    provider(() => ({ movements: [charge('ada'), { ...charge('bo'), amount: TOTAL - 1n }] })),
    'a sold order is captured once, exactly',
    'the ledger is what the provider did',
  ],
  [
    'a sold order that is not charged',
    provider(() => ({ movements: [charge('ada')] })),
    'a sold order is captured once, exactly',
    'the ledger is what the provider did',
  ],
  [
    'a refused buyer who is charged',
    provider(({ movements }) => ({ movements: [...movements, charge('cy')] })),
    'an order not sold nets to nothing',
    'the ledger is what the provider did',
  ],
  [
    'a refused buyer whose card is still held',
    provider(({ intents }) => ({
      intents: [...intents, { intentId: 'pi-cy', orderId: 'order-cy', held: TOTAL }],
    })),
    'nothing stays held on a card',
  ],
  [
    'a payment that is not booked',
    books(({ entries }) => ({ entries: entries.slice(0, 2) })),
    'a sold order is captured once, exactly',
    'the ledger is what the provider did',
  ],
  [
    'a booking that does not balance',
    books(({ entries }) => ({
      entries: entries.map((each, index) => (index === 1 ? { ...each, amount: 1n } : each)),
    })),
    'the ledger balances',
  ],
  ['a ledger that does not balance', books(() => ({ ledgerDifference: [0n, -3n] })), 'the ledger balances'],
  [
    'a payment that says otherwise',
    books(({ payments }) => ({ payments: payments.map((each) => ({ ...each, captured: 0n })) })),
    'a sold order is captured once, exactly',
  ],
  [
    'money kept by a voided payment',
    books(({ payments }) => ({
      payments: [
        ...payments,
        {
          paymentId: 'payment-cy',
          orderId: 'order-cy',
          state: 'voided',
          captured: TOTAL,
          refunded: 0n,
          openOperations: 0,
        },
      ],
    })),
    'an order not sold nets to nothing',
  ],
  [
    'an operation of unknown outcome',
    books(({ payments }) => ({ payments: payments.map((each) => ({ ...each, openOperations: 1 })) })),
    'no payment operation stays open',
  ],
  ['a stuck order', made('cy', { state: 'pending' }), 'every order ends'],
  [
    'an order confirmed and never paid',
    made('bo', { paymentState: 'authorized' }),
    'every order ends',
    'the answer is what happened',
  ],
  [
    'an open saga',
    books(({ sagas }) => ({ sagas: sagas.map((each) => ({ ...each, state: 'compensating' })) })),
    'no saga stays open',
  ],
  [
    'a lost order',
    books(({ orders }) => ({ orders: orders.slice(1) })),
    'the answer is what happened',
    'exactly what can be sold is sold',
    'stock is what was not sold',
    'an order not sold nets to nothing',
    'no reservation leaks',
  ],
  [
    'a total other than the buyer was told',
    told('ada', { kind: 'ok', orderId: 'order-ada', total: 1n }),
    'the answer is what happened',
  ],
  [
    'a refusal of what was sold',
    told('bo', { kind: 'refused', reason: 'STOCK_INSUFFICIENT', orderId: 'order-bo' }),
    'the answer is what happened',
  ],
  [
    'a refusal for another reason',
    told('cy', { kind: 'refused', reason: 'CHECKOUT_REFUSED', orderId: 'order-cy' }),
    'a refusal is for want of stock',
  ],
  ['a buyer without an answer', told('cy', { kind: 'unknown', last: '503' }), 'every buyer gets an answer'],
  [
    'two orders by one request',
    books(({ orders }) => ({
      orders: [...orders, { ...order('cy', { state: 'rejected' }), orderId: 'again' }],
    })),
    'a request places one order',
    'each fact is told once',
  ],
  [
    'an order of nobody',
    books(({ orders }) => ({ orders: [...orders, order('dee', { state: 'rejected' })] })),
    'every order is somebody’s',
    'each fact is told once',
  ],
  [
    'a fact that never reached its topic',
    followers(({ told: each }) => ({ told: each.slice(1) })),
    'each fact is told once',
  ],
  [
    'a fact that was made twice',
    followers(({ told: each }) => ({
      told: [...each, { ...tell('ada', 'OrderConfirmed'), eventId: 'another' }],
    })),
    'each fact is told once',
  ],
  [
    'a cart that keeps what was bought',
    followers(() => ({ inCarts: { ada: 1 } })),
    'what was bought leaves the cart',
  ],
  [
    'a read model that lags for good',
    followers(() => ({ view: { onHand: 0, reserved: 1, damaged: 0 } })),
    'the read model is the books',
  ],
  ['another number of units than wanted', wants('bo', 2), 'the answer is what happened'],
  ['facts that were not told', books(() => ({ unpublished: { order: 3 } })), 'facts are published'],
];

describe('check', () => {
  it('finds nothing in a good round', () => {
    expect(check(goodRound())).toEqual([]);
  });

  it.each(CASES)('finds %s', (_, change, ...rules) => {
    const found = check(change(goodRound())).map(({ rule }) => rule);
    expect([...new Set(found)].sort()).toEqual([...rules].sort());
  });

  it('lets units lie that are too few for whoever is left', () => {
    const facts = wants('cy', 2)(goodRound());
    const left = { onHand: 1, reserved: 0, damaged: 0 };
    const found = check({
      ...facts,
      units: 3,
      shownAvailable: 1,
      books: { ...facts.books, stock: left, movements: left, received: 3 },
      followers: { ...facts.followers, view: left },
    });
    expect(found).toEqual([]);
  });

  it('expects no more to be sold than is wanted', () => {
    const facts = goodRound();
    const left = { onHand: 3, reserved: 0, damaged: 0 };
    const found = check({
      ...facts,
      units: 5,
      shownAvailable: 3,
      books: { ...facts.books, stock: left, movements: left, received: 5 },
      followers: { ...facts.followers, view: left },
    });
    // Cy could have had one.
    expect(found.map(({ rule }) => rule)).toEqual(['exactly what can be sold is sold']);
  });

  it('lets a failed attempt lie beside the payment that was made', () => {
    const facts = goodRound();
    const failed = { state: 'failed', captured: 0n, refunded: 0n, openOperations: 0 };
    const payments = [...facts.books.payments, { paymentId: 'first', orderId: 'order-ada', ...failed }];
    expect(check({ ...facts, books: { ...facts.books, payments } })).toEqual([]);
  });

  it('has a case for every rule', () => {
    const rules = new Set(CASES.flatMap(([, , ...each]) => each));
    expect(rules.size).toBe(22);
  });
});

function buyer(name: string, answer: BuyerFact['answer']): BuyerFact {
  return { buyerId: name, requestId: `request-${name}`, wanted: 1, answer, calls: [] };
}

function tell(name: string, type: string): Facts['followers']['told'][number] {
  return { orderId: `order-${name}`, type, eventId: `${type} ${name}` };
}

function order(name: string, change: Partial<OrderFact> = {}): OrderFact {
  return {
    orderId: `order-${name}`,
    customerId: name,
    requestId: `request-${name}`,
    state: 'confirmed',
    paymentState: 'captured',
    units: 1,
    total: TOTAL,
    ...change,
  };
}

function capture(name: string, transactionId: string): EntryFact[] {
  const both = { transactionId, orderId: `order-${name}`, kind: 'capture', amount: TOTAL };
  return [
    { ...both, account: 'provider_receivable', side: 'debit' },
    { ...both, account: 'order_clearing', side: 'credit' },
  ];
}

function charge(name: string): { orderId: string; type: string; amount: bigint } {
  return { orderId: `order-${name}`, type: 'charge', amount: TOTAL };
}
