import { describe, expect, it } from '@jest/globals';
import { Money } from '@souk/kernel';
import fc from 'fast-check';
import { isBalanced } from './ledger.ts';
import {
  amountToCapture,
  amountToRefund,
  authorized,
  captured,
  declined,
  type Payment,
  refunded,
  requested,
  voided,
} from './payment.ts';
import { settleCapture, settleRefund } from './payment-fact.ts';

const now = new Date('2026-01-02T03:04:05Z');
const gbp = (minor: number): Money => Money.of('GBP', minor);
const asked = (minor: number): Payment =>
  requested({ orderId: 'o', customerId: 'c', amount: gbp(minor) }, 'simulator', 'p', now);
const held = (minor: number): Payment => authorized(asked(minor), 'pi_1', now);
const refundOf = (minor: number): Parameters<typeof refunded>[1] => ({
  id: `r${minor}`,
  amount: gbp(minor),
  reason: '',
  reference: '',
  providerReference: `re_${minor}`,
  createTime: now,
});

describe('a payment', () => {
  it('goes from asked to held to taken to given back, a version a step', () => {
    const paid = captured(held(1_000), gbp(1_000), now);
    const half = refunded(paid, refundOf(400), now);
    const whole = refunded(half, refundOf(600), now);
    expect([paid.state, half.state, whole.state]).toEqual(['captured', 'partially_refunded', 'refunded']);
    expect(whole).toMatchObject({ version: 5n, refunds: [{ id: 'r400' }, { id: 'r600' }] });
  });

  it.each<[string, () => Payment]>([
    ['captured before it is authorised', () => captured(asked(1), gbp(1), now)],
    ['captured twice', () => captured(captured(held(1), gbp(1), now), gbp(1), now)],
    ['voided once captured', () => voided(captured(held(1), gbp(1), now), now)],
    ['authorised once declined', () => authorized(declined(asked(1), '', 'lost_card', now), 'pi', now)],
    ['refunded before it is captured', () => refunded(held(1), refundOf(1), now)],
  ])('is never %s', (_name, impossible) => {
    expect(impossible).toThrow(expect.objectContaining({ reason: 'PAYMENT_STATE_INVALID' }));
  });

  it('takes no more than is held and in no other currency', () => {
    expect(amountToCapture(held(500), undefined).minor).toBe(500n);
    expect(() => amountToCapture(held(500), gbp(501))).toThrow(
      expect.objectContaining({ reason: 'CAPTURE_EXCEEDS_AUTHORIZED' }),
    );
    expect(() => amountToCapture(held(500), Money.of('EUR', 1))).toThrow(
      expect.objectContaining({ reason: 'CURRENCY_MISMATCH' }),
    );
    expect(() => asked(0)).toThrow(expect.objectContaining({ reason: 'AMOUNT_INVALID' }));
  });

  it('never gives back more than was taken, and its books balance, whatever is asked', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.array(fc.integer({ min: 1, max: 5_000 })),
        (amount, asks) => {
          const bookings = [settleCapture(held(amount), gbp(amount), now)];
          let payment = captured(held(amount), gbp(amount), now);
          for (const ask of asks) {
            try {
              const refund = refundOf(Number(amountToRefund(payment, gbp(ask)).minor));
              const settlement = settleRefund(payment, refund, now);
              bookings.push(settlement);
              payment = settlement.payment;
            } catch (error) {
              expect(error).toMatchObject({ reason: 'REFUND_EXCEEDS_CAPTURED' });
            }
          }
          const postings = bookings.flatMap(({ booking }) => booking?.postings ?? []);
          const owed = postings
            .filter(({ account }) => account === 'provider_receivable')
            .reduce((sum, { side, amount: it }) => (side === 'debit' ? sum.plus(it) : sum.minus(it)), gbp(0));
          expect(owed).toEqual(payment.captured.minus(payment.refunded));
          expect(owed.isNegative).toBe(false);
          const balances = postings.map(({ account, side, amount: it }) => ({
            account,
            debit: side === 'debit' ? it : gbp(0),
            credit: side === 'credit' ? it : gbp(0),
          }));
          expect(isBalanced(balances)).toBe(true);
        },
      ),
    );
  });
});
