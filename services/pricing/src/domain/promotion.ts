import type { Money } from '@souk/kernel';

/** A percentage off the whole order once its amount reaches a threshold. */
export interface Promotion {
  readonly id: string;
  readonly title: string;
  readonly threshold: Money;
  readonly basisPoints: number;
  /** First instant at which it applies, in milliseconds since the epoch, or -Infinity. */
  readonly from: number;
  /** First instant at which it applies no more, or Infinity. */
  readonly to: number;
  readonly paused: boolean;
}

/** A promotion and what it takes off. */
export interface Discount {
  readonly promotion: Promotion;
  readonly amount: Money;
}

/**
 * The promotion that an order gets: of those that apply, the one that takes off most; of equal ones the one whose id sorts
 * first. Never more than one.
 *
 * @param amount - the order's amount before discount and tax.
 */
export function bestDiscount(
  promotions: readonly Promotion[],
  amount: Money,
  time: number,
): Discount | undefined {
  let best: Discount | undefined;
  for (const promotion of promotions) {
    if (!applies(promotion, amount, time)) continue;
    const discount = { promotion, amount: amount.basisPoints(promotion.basisPoints, 'half-up') };
    const order = best === undefined ? 1 : discount.amount.compare(best.amount);
    if (order > 0 || (order === 0 && promotion.id < (best?.promotion.id ?? ''))) best = discount;
  }
  return best?.amount.isZero === true ? undefined : best;
}

function applies(promotion: Promotion, amount: Money, time: number): boolean {
  return (
    !promotion.paused &&
    promotion.from <= time &&
    time < promotion.to &&
    promotion.threshold.currency === amount.currency &&
    amount.compare(promotion.threshold) >= 0
  );
}
