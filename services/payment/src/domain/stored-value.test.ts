import { describe, expect, it } from '@jest/globals';
import { DomainError, Money } from '@souk/kernel';
import fc from 'fast-check';
import { availableOf, moved, type StoredValue, type StoredValueMovement } from './stored-value.ts';

const pence = (minor: number): Money => Money.of('GBP', minor);
const empty = (kind: StoredValue['kind'] = 'gift_card'): StoredValue => ({
  id: 'v',
  kind,
  balance: pence(0),
  held: pence(0),
});

describe('stored value', () => {
  it('is held, taken, released and given back', () => {
    const issued = moved(empty(), 'issue', pence(1_000));
    const held = moved(issued, 'hold', pence(700));
    expect(availableOf(held)).toEqual(pence(300));
    expect(() => moved(held, 'hold', pence(301))).toThrow('not enough on the gift card');
    const taken = moved(held, 'capture', pence(500));
    expect([taken.balance, taken.held]).toEqual([pence(500), pence(200)]);
    const released = moved(taken, 'release', pence(200));
    expect(availableOf(moved(released, 'refund', pence(100)))).toEqual(pence(600));
  });

  it('is of one currency', () => {
    expect(() => moved(empty('store_credit'), 'issue', Money.of('EUR', 1))).toThrow('in GBP');
  });

  it('never falls below zero and never holds more than it has, whatever is tried', () => {
    const movement = fc.constantFrom<StoredValueMovement>('issue', 'hold', 'release', 'capture', 'refund');
    fc.assert(
      fc.property(fc.array(fc.tuple(movement, fc.integer({ min: 1, max: 500 }))), (tries) => {
        let account = empty();
        let put = 0n;
        let taken = 0n;
        for (const [kind, minor] of tries) {
          try {
            account = moved(account, kind, pence(minor));
          } catch (error) {
            expect(error instanceof DomainError || error instanceof RangeError).toBe(true);
            continue;
          }
          if (kind === 'issue' || kind === 'refund') put += BigInt(minor);
          if (kind === 'capture') taken += BigInt(minor);
          expect(account.held.isNegative).toBe(false);
          expect(account.balance.compare(account.held)).toBeGreaterThanOrEqual(0);
          expect(account.balance.minor).toBe(put - taken);
        }
      }),
    );
  });
});
