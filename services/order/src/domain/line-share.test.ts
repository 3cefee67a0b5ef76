import { describe, expect, it } from '@jest/globals';
import { Money } from '@souk/kernel';
import fc from 'fast-check';
import { shareOfUnits } from './line-share.ts';

const amount = fc.bigInt({ min: 0n, max: 10n ** 12n }).map((minor) => Money.of('GBP', minor));

describe('shareOfUnits', () => {
  it('gives runs of units shares that sum to the whole, however the units are cut into runs', () => {
    fc.assert(
      fc.property(amount, fc.array(fc.nat(50), { minLength: 1, maxLength: 20 }), (whole, runs) => {
        const quantity = runs.reduce((sum, run) => sum + run, 0);
        fc.pre(quantity > 0);
        let first = 0;
        const shares = runs.map((run) => {
          const share = shareOfUnits(whole, quantity, first, run);
          first += run;
          return share;
        });
        expect(Money.sum('GBP', shares).minor).toBe(whole.minor);
        expect(shares.every((share) => !share.isNegative)).toBe(true);
      }),
    );
  });

  it('gives single units shares that differ by one minor unit at most, the larger first', () => {
    const pence = [0, 1, 2].map((unit) => shareOfUnits(Money.of('GBP', 100n), 3, unit, 1).minor);
    expect(pence).toEqual([34n, 33n, 33n]);
  });

  it('refuses units that are not there', () => {
    expect(() => shareOfUnits(Money.of('GBP', 100n), 3, 2, 2)).toThrow(RangeError);
  });
});
