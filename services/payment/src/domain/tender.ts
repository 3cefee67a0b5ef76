import { invalid, Money } from '@souk/kernel';

/** Kind of a means of payment. Gift cards and store credit are kept by Souk itself. */
export type TenderKind = 'card' | 'gift_card' | 'store_credit';

/** One means of payment within a payment. */
export interface Tender {
  readonly kind: TenderKind;
  readonly amount: Money;
  readonly captured: Money;
  readonly refunded: Money;
  /** What it draws on: a saved method's or gift card's id; empty for a card's one-time token. */
  readonly source: string;
  /** The same as people may see it; may be empty. */
  readonly label: string;
}

/** A part of an amount that falls to one tender. */
export interface Share {
  /** The tender's place in the payment. */
  readonly position: number;
  readonly amount: Money;
}

/** Order in which tenders are captured: what Souk keeps itself first, so that the card is asked for the rest only. */
const CAPTURE_ORDER: readonly TenderKind[] = ['gift_card', 'store_credit', 'card'];
/** Order in which they are paid back: the card first. */
const REFUND_ORDER: readonly TenderKind[] = ['card', 'store_credit', 'gift_card'];

/** A tender of which nothing is taken yet. */
export function tender(kind: TenderKind, amount: Money, source = '', label = ''): Tender {
  const zero = Money.zero(amount.currency);
  return { kind, amount, captured: zero, refunded: zero, source, label };
}

/** @throws DomainError TENDERS_INVALID unless they add up to the amount, each above zero, with one card at most. */
export function requireTenders(amount: Money, tenders: readonly Tender[]): void {
  const isFit =
    tenders.length > 0 &&
    tenders.every((it) => it.amount.currency === amount.currency && it.amount.minor > 0n) &&
    Money.sum(
      amount.currency,
      tenders.map((it) => it.amount),
    ).equals(amount) &&
    tenders.filter(({ kind }) => kind === 'card').length <= 1;
  if (!isFit) {
    throw invalid('TENDERS_INVALID', 'The tenders must add up to the amount, with one card at most.', {
      field: 'tenders',
    });
  }
}

/** What each tender gives to a capture. The amount is at most what is left of all. */
export function captureShares(tenders: readonly Tender[], amount: Money): Share[] {
  return shares(tenders, amount, CAPTURE_ORDER, (it) => it.amount.minus(it.captured));
}

/** What each tender gets of a refund. The amount is at most what can be refunded of all. */
export function refundShares(tenders: readonly Tender[], amount: Money): Share[] {
  return shares(tenders, amount, REFUND_ORDER, (it) => it.captured.minus(it.refunded));
}

/** The card's part of shares; zero if there is none. */
export function cardShare(tenders: readonly Tender[], parts: readonly Share[], currency: string): Money {
  return Money.sum(
    currency,
    parts.filter(({ position }) => tenders[position]?.kind === 'card').map(({ amount }) => amount),
  );
}

/** Tenders after shares were taken from or given back to them. */
export function applied(
  tenders: readonly Tender[],
  parts: readonly Share[],
  field: 'captured' | 'refunded',
): Tender[] {
  return tenders.map((it, position) => {
    const part = parts.find((share) => share.position === position);
    return part === undefined ? it : { ...it, [field]: it[field].plus(part.amount) };
  });
}

function shares(
  tenders: readonly Tender[],
  amount: Money,
  order: readonly TenderKind[],
  available: (it: Tender) => Money,
): Share[] {
  const parts: Share[] = [];
  let left = amount;
  for (const kind of order) {
    for (const [position, it] of tenders.entries()) {
      if (it.kind !== kind || left.isZero) continue;
      const most = available(it);
      const part = most.compare(left) < 0 ? most : left;
      if (part.isZero || part.isNegative) continue;
      parts.push({ position, amount: part });
      left = left.minus(part);
    }
  }
  if (!left.isZero) throw new RangeError('more was shared out than the tenders hold');
  return parts;
}
