import { create } from '@bufbuild/protobuf';
import { type Money as MoneyMessage, MoneySchema } from '@souk/gen/google/type/money_pb';
import { exponentOf, invalid, isCurrencyCode, Money } from '@souk/kernel';

const NANO_DIGITS = 9;

/** Minor units as `google.type.Money` (whole units and nanos). */
export function moneyToProto(money: Money): MoneyMessage {
  const scale = 10n ** BigInt(exponentOf(money.currency));
  const nanosPerMinor = 10n ** BigInt(NANO_DIGITS - exponentOf(money.currency));
  return create(MoneySchema, {
    currencyCode: money.currency,
    units: money.minor / scale,
    nanos: Number((money.minor % scale) * nanosPerMinor),
  });
}

/**
 * `google.type.Money` as minor units.
 *
 * @param field the field's path, for the error.
 * @throws DomainError VALIDATION_FAILED when it is absent, its code is no ISO 4217 code, the signs of units and nanos differ,
 *   or it holds a fraction of the currency's minor unit.
 */
export function moneyFromProto(message: MoneyMessage | undefined, field: string): Money {
  const refuse = (why: string): never => {
    throw invalid('VALIDATION_FAILED', why, { field });
  };
  if (message === undefined) return refuse('An amount is required.');
  const { currencyCode, units, nanos } = message;
  if (!isCurrencyCode(currencyCode)) return refuse('The currency is not an ISO 4217 code.');
  if (Math.abs(nanos) > 999_999_999) return refuse('nanos must be within ±999,999,999.');
  if ((units > 0n && nanos < 0) || (units < 0n && nanos > 0))
    return refuse('units and nanos must have the same sign.');
  const exponent = BigInt(exponentOf(currencyCode));
  const nanosPerMinor = 10n ** (BigInt(NANO_DIGITS) - exponent);
  if (BigInt(nanos) % nanosPerMinor !== 0n)
    return refuse(`${currencyCode} has no fractions below its minor unit.`);
  return Money.of(currencyCode, units * 10n ** exponent + BigInt(nanos) / nanosPerMinor);
}
