import { Money, newId } from '@souk/kernel';
import { type Payment, positive, refundableOf, refundExceedsCaptured } from './payment.ts';
import type { Share, TenderKind } from './tender.ts';

/** What one payment gives to the refund of its order. */
export interface RefundPart {
  readonly paymentId: string;
  /** Request id of the refund, fixed with the plan. */
  readonly requestId: string;
  readonly amount: Money;
  readonly shares: readonly Share[];
}

const ORDER: readonly TenderKind[] = ['card', 'store_credit', 'gift_card'];

/**
 * Spreads a refund over an order's payments: cards first, newest payment first, never more than each tender gave.
 *
 * @throws DomainError AMOUNT_INVALID, REFUND_EXCEEDS_CAPTURED.
 */
export function planRefund(payments: readonly Payment[], amount: Money): RefundPart[] {
  positive(amount);
  const newestFirst = payments
    .filter(({ purpose }) => purpose !== 'unmatched')
    .toSorted((a, b) => (a.id < b.id ? 1 : -1));
  const total = Money.sum(amount.currency, newestFirst.map(refundableOf));
  if (amount.compare(total) > 0) throw refundExceedsCaptured(amount, total);

  let left = amount;
  const shares = new Map<string, Share[]>();
  for (const kind of ORDER) {
    for (const payment of newestFirst) {
      for (const [position, tender] of payment.tenders.entries()) {
        const most = tender.captured.minus(tender.refunded);
        const part = most.compare(left) < 0 ? most : left;
        if (tender.kind !== kind || part.isZero) continue;
        shares.set(payment.id, [...(shares.get(payment.id) ?? []), { position, amount: part }]);
        left = left.minus(part);
      }
    }
  }
  return [...shares].map(([paymentId, parts]) => ({
    paymentId,
    requestId: newId(),
    amount: Money.sum(
      amount.currency,
      parts.map((part) => part.amount),
    ),
    shares: parts,
  }));
}
