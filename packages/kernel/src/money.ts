import { allocate } from './allocation.ts';
import { exponentOf, isCurrencyCode } from './currency.ts';

/** How a fraction of a minor unit is resolved. `half-up` rounds halves away from zero. */
export type Rounding = 'half-up' | 'down';

/** An exact amount of one currency in its minor unit (pence, cents, yen). Immutable. */
export class Money {
  /** ISO 4217 code. */
  readonly currency: string;
  /** The amount in minor units; negative for money owed back. */
  readonly minor: bigint;

  private constructor(currency: string, minor: bigint) {
    this.currency = currency;
    this.minor = minor;
  }

  /**
   * An amount in minor units: `Money.of('GBP', 255n)` is £2.55.
   *
   * @throws RangeError when the currency is no ISO 4217 code or a number is not a safe integer.
   */
  static of(currency: string, minor: bigint | number): Money {
    if (!isCurrencyCode(currency)) throw new RangeError(`not an ISO 4217 code: ${JSON.stringify(currency)}`);
    if (typeof minor === 'number' && !Number.isSafeInteger(minor))
      throw new RangeError(`not a whole number of minor units: ${minor}`);
    return new Money(currency, BigInt(minor));
  }

  /** No money in a currency. */
  static zero(currency: string): Money {
    return Money.of(currency, 0n);
  }

  /** The sum of amounts in `currency`; zero for none. */
  static sum(currency: string, amounts: Iterable<Money>): Money {
    let total = Money.zero(currency);
    for (const amount of amounts) total = total.plus(amount);
    return total;
  }

  /** @throws RangeError when the currencies differ. */
  plus(other: Money): Money {
    this.requireSameCurrency(other);
    return new Money(this.currency, this.minor + other.minor);
  }

  /** @throws RangeError when the currencies differ. */
  minus(other: Money): Money {
    this.requireSameCurrency(other);
    return new Money(this.currency, this.minor - other.minor);
  }

  /** The amount `quantity` times; `quantity` is whole. */
  times(quantity: bigint | number): Money {
    return new Money(this.currency, this.minor * BigInt(quantity));
  }

  /** The same amount with the other sign. */
  negate(): Money {
    return new Money(this.currency, -this.minor);
  }

  /** A share in basis points (1/100 of a percent): 2000 is 20 %. */
  basisPoints(points: bigint | number, rounding: Rounding = 'half-up'): Money {
    const product = this.minor * BigInt(points);
    const magnitude = product < 0n ? -product : product;
    const rounded = (magnitude + (rounding === 'half-up' ? 5_000n : 0n)) / 10_000n;
    return new Money(this.currency, product < 0n ? -rounded : rounded);
  }

  /** Splits the amount over weights by largest remainder; the parts sum to the amount exactly. */
  allocate(weights: readonly bigint[]): Money[] {
    return allocate(this.minor, weights).map((minor) => new Money(this.currency, minor));
  }

  /** Negative, zero or positive as this is less than, equal to or more than `other`. */
  compare(other: Money): number {
    this.requireSameCurrency(other);
    return this.minor < other.minor ? -1 : this.minor > other.minor ? 1 : 0;
  }

  /** Whether both currency and amount are equal. */
  equals(other: Money): boolean {
    return this.currency === other.currency && this.minor === other.minor;
  }

  /** Whether the amount is zero. */
  get isZero(): boolean {
    return this.minor === 0n;
  }

  /** Whether the amount is below zero. */
  get isNegative(): boolean {
    return this.minor < 0n;
  }

  /** The amount in plain decimals with its code, for messages and logs: `12.50 GBP`. */
  toString(): string {
    const exponent = exponentOf(this.currency);
    const digits = (this.minor < 0n ? -this.minor : this.minor).toString().padStart(exponent + 1, '0');
    const whole = digits.slice(0, digits.length - exponent);
    const fraction = exponent === 0 ? '' : `.${digits.slice(digits.length - exponent)}`;
    return `${this.minor < 0n ? '-' : ''}${whole}${fraction} ${this.currency}`;
  }

  private requireSameCurrency(other: Money): void {
    if (this.currency !== other.currency)
      throw new RangeError(`cannot combine ${this.currency} and ${other.currency}`);
  }
}
