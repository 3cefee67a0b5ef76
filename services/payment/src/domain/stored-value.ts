import { type DomainError, type Money, precondition } from '@souk/kernel';

/** Money that Souk itself keeps for somebody. */
export type StoredValueKind = 'gift_card' | 'store_credit';

/** An account of stored value. What is held belongs to the balance until it is taken. Never below zero. */
export interface StoredValue {
  readonly id: string;
  readonly kind: StoredValueKind;
  readonly balance: Money;
  readonly held: Money;
}

/** What happens to an account. */
export type StoredValueMovement = 'issue' | 'hold' | 'release' | 'capture' | 'refund';

/** What can still be held. */
export function availableOf({ balance, held }: StoredValue): Money {
  return balance.minus(held);
}

/**
 * An account after a movement.
 *
 * @throws DomainError GIFT_CARD_INSUFFICIENT or STORE_CREDIT_INSUFFICIENT if more is to be held than there is,
 * CURRENCY_MISMATCH. RangeError if more is to be released or captured than is held, or the amount is not above zero.
 */
export function moved(account: StoredValue, movement: StoredValueMovement, amount: Money): StoredValue {
  if (amount.isZero || amount.isNegative) throw new RangeError('an amount must be above zero');
  if (amount.currency !== account.balance.currency) throw currencyMismatch(account);
  const { balance, held } = account;
  switch (movement) {
    case 'issue':
    case 'refund':
      return { ...account, balance: balance.plus(amount) };
    case 'hold':
      if (availableOf(account).compare(amount) < 0) throw insufficient(account.kind, availableOf(account));
      return { ...account, held: held.plus(amount) };
    case 'release':
      return { ...account, held: lowered(held, amount) };
    case 'capture':
      return { ...account, held: lowered(held, amount), balance: lowered(balance, amount) };
  }
}

/** The refusal of more than there is. The available amount is told to those who hold the card or the account. */
export function insufficient(kind: StoredValueKind, available: Money): DomainError {
  const details = { metadata: { available: available.toString() } };
  return kind === 'gift_card'
    ? precondition('GIFT_CARD_INSUFFICIENT', 'There is not enough on the gift card.', details)
    : precondition('STORE_CREDIT_INSUFFICIENT', 'There is not enough store credit.', details);
}

function currencyMismatch({ balance }: StoredValue): DomainError {
  return precondition('STORED_VALUE_CURRENCY_MISMATCH', `The balance is in ${balance.currency}.`, {
    metadata: { currency: balance.currency },
  });
}

function lowered(from: Money, amount: Money): Money {
  const rest = from.minus(amount);
  if (rest.isNegative) throw new RangeError('more is taken than is held');
  return rest;
}
