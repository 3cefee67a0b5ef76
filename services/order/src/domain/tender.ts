import { invalid, Money } from '@souk/kernel';

/** A means of payment: a card by its one-time token or as the buyer saved it, a gift card, or the buyer's store credit. */
export type Means =
  | { readonly kind: 'card'; readonly token: string }
  | { readonly kind: 'saved-card'; readonly methodId: string }
  | { readonly kind: 'gift-card'; readonly code: string }
  | { readonly kind: 'store-credit' };

/** A means of payment and what it pays of an order. */
export interface Tender {
  readonly means: Means;
  readonly amount: Money;
}

/** A tender as the buyer asks for it. */
export interface RequestedTender {
  readonly means: Means;
  /** Undefined for what the other tenders leave. */
  readonly amount: Money | undefined;
}

/**
 * What each tender pays of a total. A remainder of nothing is left out: a gift card that happens to pay all needs no card.
 *
 * @throws DomainError PAYMENT_METHOD_REQUIRED, TENDERS_INVALID.
 */
export function resolveTenders(requested: readonly RequestedTender[], total: Money): readonly Tender[] {
  if (requested.length === 0 && !total.isZero)
    throw invalid('PAYMENT_METHOD_REQUIRED', `There is ${total.toString()} to pay.`, {
      field: 'payment_method',
    });
  const stated = requested.flatMap(({ amount }) => amount ?? []);
  if (stated.some(({ currency }) => currency !== total.currency))
    throw unfit(`The order is in ${total.currency}.`, total);
  if (stated.some(({ minor }) => minor <= 0n)) throw unfit('A tender pays nothing.', total);
  if (requested.length - stated.length > 1)
    throw unfit('Only one tender can be what the others leave.', total);
  if (requested.filter(({ means }) => isCard(means)).length > 1)
    throw unfit('Only one tender can be a card.', total);
  const remainder = total.minus(Money.sum(total.currency, stated));
  if (remainder.isNegative || (!remainder.isZero && stated.length === requested.length))
    throw unfit(`The tenders do not add up to ${total.toString()}.`, total);
  return requested
    .map(({ means, amount }): Tender => ({ means, amount: amount ?? remainder }))
    .filter(({ amount }) => !amount.isZero);
}

/** The refusal of tenders that come with another means of payment for all. */
export function eitherOr(): Error {
  return invalid('TENDERS_INVALID', 'Either `payment_method` or `tenders` can be given, not both.', {
    field: 'tenders',
  });
}

function isCard({ kind }: Means): boolean {
  return kind === 'card' || kind === 'saved-card';
}

function unfit(why: string, total: Money): Error {
  return invalid('TENDERS_INVALID', why, { field: 'tenders', metadata: { total: total.toString() } });
}
