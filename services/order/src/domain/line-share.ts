import { Money } from '@souk/kernel';

/**
 * The share that `count` units, counted from unit `first`, have in an amount that was paid for `quantity` units.
 *
 * The amount is spread over the units by largest remainder (the first units carry the odd minor units), so the shares
 * of disjoint runs of units never sum to more than the amount, and all units together give exactly the amount.
 *
 * @throws RangeError when the run does not lie within the quantity.
 */
export function shareOfUnits(amount: Money, quantity: number, first: number, count: number): Money {
  if (first < 0 || count < 0 || first + count > quantity)
    throw new RangeError(`units ${first}+${count} do not lie within ${quantity}`);
  const upTo = (units: number): bigint => {
    const base = amount.minor / BigInt(quantity);
    const odd = amount.minor % BigInt(quantity);
    const whole = BigInt(units);
    return base * whole + (whole < odd ? whole : odd);
  };
  return Money.of(amount.currency, upTo(first + count) - upTo(first));
}
