import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Money } from './money.ts';

const amount = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n });

describe('Money', () => {
  it('splits an amount so that the parts sum to it and differ from the exact share by less than one unit', () => {
    fc.assert(
      fc.property(
        amount,
        fc.array(fc.bigInt({ min: 0n, max: 10n ** 9n }), { minLength: 1, maxLength: 40 }),
        (minor, weights) => {
          const total = weights.reduce((sum, weight) => sum + weight, 0n);
          fc.pre(total > 0n);
          const parts = Money.of('GBP', minor).allocate(weights);
          expect(Money.sum('GBP', parts).minor).toBe(minor);
          parts.forEach((part, index) => {
            const error = part.minor * total - minor * (weights[index] ?? 0n);
            expect(error < 0n ? -error : error).toBeLessThan(total);
          });
        },
      ),
    );
  });

  it('rounds basis points half away from zero', () => {
    expect(Money.of('GBP', 125n).basisPoints(2_000).minor).toBe(25n);
    expect(Money.of('GBP', 5n).basisPoints(1_000).minor).toBe(1n);
    expect(Money.of('GBP', -5n).basisPoints(1_000).minor).toBe(-1n);
    expect(Money.of('GBP', 5n).basisPoints(1_000, 'down').minor).toBe(0n);
  });

  it('refuses to combine currencies', () => {
    expect(() => Money.of('GBP', 1n).plus(Money.of('EUR', 1n))).toThrow(RangeError);
  });

  it('writes amounts with the digits of their currency', () => {
    expect(Money.of('GBP', -1_205n).toString()).toBe('-12.05 GBP');
    expect(Money.of('JPY', 7n).toString()).toBe('7 JPY');
    expect(Money.of('KWD', 7n).toString()).toBe('0.007 KWD');
  });
});
