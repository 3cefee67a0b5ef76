import type { Money } from '@souk/gen/google/type/money_pb';

/** Pence as the contracts write pounds. */
export function poundsOf(pence: number): { currencyCode: string; units: bigint; nanos: number } {
  return { currencyCode: 'GBP', units: BigInt(Math.trunc(pence / 100)), nanos: (pence % 100) * 10_000_000 };
}

/** Pence of an amount; zero for none. @throws RangeError when it is in another currency or has fractions of a penny. */
export function penceOfMoney(money: Money | undefined): number {
  if (money === undefined || (money.units === 0n && money.nanos === 0)) return 0;
  if (money.currencyCode !== 'GBP' || money.nanos % 10_000_000 !== 0)
    throw new RangeError(`not an amount of pence: ${money.units}.${money.nanos} ${money.currencyCode}`);
  return Number(money.units) * 100 + money.nanos / 10_000_000;
}
