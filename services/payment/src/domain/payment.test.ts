import { describe, expect, it } from '@jest/globals';
import { DomainError, Money } from '@souk/kernel';
import fc from 'fast-check';
import { isBalanced } from './ledger.ts';
import { planRefund } from './order-refund.ts';
import {
  amountToCapture,
  amountToRefund,
  authorized,
  captured,
  declined,
  heldOf,
  type Payment,
  refundableOf,
  refunded,
  requested,
  voided,
} from './payment.ts';
import {
  type Settlement,
  settleAuthorization,
  settleCapture,
  settleDecline,
  settleRefund,
  settleVoid,
} from './payment-fact.ts';
import { captureShares, refundShares, tender } from './tender.ts';

const now = new Date('2026-01-02T03:04:05Z');
const gbp = (minor: number | bigint): Money => Money.of('GBP', minor);
const order = { orderId: 'o', customerId: 'c', purpose: 'checkout', reference: '' } as const;
const asked = (minor: number): Payment =>
  requested({ ...order, amount: gbp(minor), tenders: [tender('card', gbp(minor))] }, 'simulator', 'p', now);
const held = (minor: number): Payment => authorized(asked(minor), 'pi_1', now);
let movements = 0;
const capture = (payment: Payment, minor: number | bigint, keep = false): Payment => {
  const taken = { amount: gbp(minor), providerReference: `ch_${++movements}`, createTime: now };
  return captured(payment, taken, captureShares(payment.tenders, gbp(minor)), keep, now);
};
const refundOf = (minor: number | bigint): Parameters<typeof refunded>[1] => ({
  id: `r${minor}`,
  amount: gbp(minor),
  reason: '',
  reference: '',
  providerReference: `re_${++movements}`,
  createTime: now,
});
const giveBack = (payment: Payment, minor: number): Payment =>
  refunded(payment, refundOf(minor), refundShares(payment.tenders, gbp(minor)), now);

describe('a payment', () => {
  it('goes from asked to held to taken to given back, a version a step', () => {
    const paid = capture(held(1_000), 1_000);
    const half = giveBack(paid, 400);
    const whole = giveBack(half, 600);
    expect([paid.state, half.state, whole.state]).toEqual(['captured', 'partially_refunded', 'refunded']);
    expect(whole).toMatchObject({ version: 5n, refunds: [{ id: 'r400' }, { id: 'r600' }] });
  });

  it('is taken in parts while the rest stays held, given back meanwhile, and ends with the rest released', () => {
    const first = capture(held(1_000), 300, true);
    const back = giveBack(first, 100);
    const second = capture(back, 200, true);
    expect([first.state, back.state, second.state]).toEqual(Array(3).fill('partially_captured'));
    expect(heldOf(second)).toEqual(gbp(500));
    const over = voided(second, now);
    expect(over).toMatchObject({ state: 'partially_refunded', captured: gbp(500), released: gbp(500) });
  });

  it.each<[string, () => Payment]>([
    ['captured before it is authorised', () => capture(asked(1), 1)],
    ['captured twice', () => capture({ ...capture(held(1), 1), tenders: held(1).tenders }, 1)],
    ['voided once captured', () => voided(capture(held(1), 1), now)],
    ['authorised once declined', () => authorized(declined(asked(1), '', 'lost_card', now), 'pi', now)],
    [
      'refunded before it is captured',
      () => giveBack({ ...held(1), tenders: capture(held(1), 1).tenders }, 1),
    ],
    [
      'captured while a person looks at it',
      () => capture(authorized({ ...asked(1), screening: 'review' }, 'pi', now), 1),
    ],
  ])('is never %s', (_name, impossible) => {
    expect(impossible).toThrow(expect.objectContaining({ reason: 'PAYMENT_STATE_INVALID' }));
  });

  it('captures what was asked for, or all that is held, and never more', () => {
    expect(amountToCapture(held(500), undefined)).toEqual(gbp(500));
    expect(amountToCapture(capture(held(500), 200, true), undefined)).toEqual(gbp(300));
    expect(() => amountToCapture(held(500), gbp(501))).toThrow(
      expect.objectContaining({ reason: 'CAPTURE_EXCEEDS_AUTHORIZED' }),
    );
    expect(() => amountToCapture(held(500), Money.of('EUR', 1))).toThrow(
      expect.objectContaining({ reason: 'CURRENCY_MISMATCH' }),
    );
    expect(() => amountToCapture(held(500), gbp(0))).toThrow(
      expect.objectContaining({ reason: 'AMOUNT_INVALID' }),
    );
  });

  it.each([
    ['two cards', [tender('card', gbp(5)), tender('card', gbp(5))]],
    ['too little', [tender('card', gbp(9))]],
    ['nothing', []],
    ['another currency', [tender('card', Money.of('EUR', 10))]],
  ])('is not paid with %s', (_name, tenders) => {
    expect(() => requested({ ...order, amount: gbp(10), tenders }, 'simulator', 'p', now)).toThrow(
      expect.objectContaining({ reason: 'TENDERS_INVALID' }),
    );
  });

  const split = fc.record({
    card: fc.integer({ min: 1, max: 5_000 }),
    giftCard: fc.integer({ min: 1, max: 5_000 }),
    storeCredit: fc.integer({ min: 1, max: 5_000 }),
  });
  const step = fc.oneof(
    fc.record({
      do: fc.constant('capture' as const),
      minor: fc.integer({ min: 1, max: 9_000 }),
      keep: fc.boolean(),
    }),
    fc.record({ do: fc.constant('refund' as const), minor: fc.integer({ min: 1, max: 5_000 }) }),
    fc.record({ do: fc.constant('void' as const) }),
    fc.record({ do: fc.constant('decline' as const) }),
  );

  it('keeps its amounts, its tenders and its books in step, whatever is asked in whatever order', () => {
    fc.assert(
      fc.property(split, fc.array(step, { maxLength: 12 }), ({ card, giftCard, storeCredit }, steps) => {
        const amount = gbp(card + giftCard + storeCredit);
        const tenders = [
          tender('card', gbp(card)),
          tender('gift_card', gbp(giftCard)),
          tender('store_credit', gbp(storeCredit)),
        ];
        const fresh = requested({ ...order, amount, tenders }, 'simulator', 'p', now);
        let payment = settleAuthorization(fresh, 'pi', now).payment;
        const settlements: Settlement[] = [];
        for (const it of steps) {
          try {
            const settlement = settle(payment, it);
            settlements.push(settlement);
            payment = settlement.payment;
          } catch (error) {
            if (!(error instanceof DomainError)) throw error;
          }
          expectSound(payment);
        }
        const postings = settlements.flatMap(({ booking }) => booking?.postings ?? []);
        const balance = (account: string): Money =>
          postings
            .filter((posting) => posting.account === account)
            .reduce((sum, { side, amount: it }) => (side === 'debit' ? sum.plus(it) : sum.minus(it)), gbp(0));
        expect(balance('order_clearing')).toEqual(refundableOf(payment).negate());
        const accounts = ['provider_receivable', 'gift_card_liability', 'store_credit_liability'];
        for (const [position, account] of accounts.entries()) {
          const it = payment.tenders[position];
          expect(balance(account)).toEqual(it?.captured.minus(it.refunded));
        }
        const sides = postings.map(({ account, side, amount: it }) => ({
          account,
          debit: side === 'debit' ? it : gbp(0),
          credit: side === 'credit' ? it : gbp(0),
        }));
        expect(isBalanced(sides)).toBe(true);
      }),
    );
  });

  function settle(payment: Payment, it: { do: string; minor?: number; keep?: boolean }): Settlement {
    const minor = gbp(it.minor ?? 0);
    switch (it.do) {
      case 'capture': {
        const amount = amountToCapture(payment, minor);
        const taken = { amount, providerReference: `ch_${++movements}`, createTime: now };
        return settleCapture(payment, taken, it.keep ?? false, 'op', now);
      }
      case 'refund':
        return settleRefund(payment, refundOf(amountToRefund(payment, minor).minor), now);
      case 'void':
        return settleVoid(payment, now);
      default:
        return settleDecline(payment, '', 'no', now);
    }
  }

  function expectSound(payment: Payment): void {
    const sum = (field: 'amount' | 'captured' | 'refunded'): Money =>
      Money.sum(
        'GBP',
        payment.tenders.map((it) => it[field]),
      );
    expect([sum('amount'), sum('captured'), sum('refunded')]).toEqual([
      payment.amount,
      payment.captured,
      payment.refunded,
    ]);
    for (const amount of [heldOf(payment), refundableOf(payment), payment.released]) {
      expect(amount.isNegative).toBe(false);
    }
    for (const it of payment.tenders) {
      expect(it.captured.compare(it.amount)).toBeLessThanOrEqual(0);
      expect(it.refunded.compare(it.captured)).toBeLessThanOrEqual(0);
    }
    expect(
      Money.sum(
        'GBP',
        payment.captures.map(({ amount }) => amount),
      ),
    ).toEqual(payment.captured);
    expect(
      Money.sum(
        'GBP',
        payment.refunds.map(({ amount }) => amount),
      ),
    ).toEqual(payment.refunded);
  }
});

describe("an order's refund", () => {
  const paid = (id: string, card: number, giftCard: number): Payment => {
    const tenders = [tender('card', gbp(card)), tender('gift_card', gbp(giftCard))];
    const fresh = requested({ ...order, amount: gbp(card + giftCard), tenders }, 'simulator', id, now);
    return capture(authorized(fresh, `pi_${id}`, now), card + giftCard);
  };
  const parts = (minor: number): unknown[] =>
    planRefund([paid('a', 500, 100), paid('b', 300, 200)], gbp(minor)).map(({ paymentId, shares }) => [
      paymentId,
      ...shares.map(({ position, amount }) => [position, Number(amount.minor)]),
    ]);

  it('takes cards first, newest payment first, then what Souk keeps itself', () => {
    expect(parts(200)).toEqual([['b', [0, 200]]]);
    expect(parts(700)).toEqual([
      ['b', [0, 300]],
      ['a', [0, 400]],
    ]);
    expect(parts(1_050)).toEqual([
      ['b', [0, 300], [1, 200]],
      ['a', [0, 500], [1, 50]],
    ]);
    expect(() => parts(1_101)).toThrow(expect.objectContaining({ reason: 'REFUND_EXCEEDS_CAPTURED' }));
  });
});
