import { invalid } from '@souk/kernel';
import type { Promotion } from './promotion.ts';

/** The fields of a promotion that people edit, by their names in the contract. */
const PROMOTION_FIELDS = {
  title: 'title',
  threshold: 'threshold',
  basis_points: 'basisPoints',
  valid_from_time: 'from',
  valid_to_time: 'to',
  paused: 'paused',
} as const satisfies Readonly<Record<string, keyof Promotion>>;

/**
 * Checks what the contract's own rules cannot.
 *
 * @throws DomainError `AMOUNT_INVALID`, `VALIDITY_INVALID` (invalid).
 */
export function checkPromotion(promotion: Promotion): Promotion {
  if (promotion.threshold.isNegative)
    throw invalid('AMOUNT_INVALID', 'The threshold is negative.', { field: 'promotion.threshold' });
  if (promotion.from >= promotion.to)
    throw invalid('VALIDITY_INVALID', 'The validity ends before it begins.', {
      field: 'promotion.valid_to_time',
    });
  return promotion;
}

/**
 * Takes over the fields that a mask names; none means all.
 *
 * @throws DomainError `FIELD_MASK_INVALID`, and as {@link checkPromotion} does.
 */
export function withFields(current: Promotion, next: Promotion, mask: readonly string[]): Promotion {
  const paths = mask.length === 0 ? Object.keys(PROMOTION_FIELDS) : mask;
  const unknown = paths.find((path) => !(path in PROMOTION_FIELDS));
  if (unknown !== undefined)
    throw invalid('FIELD_MASK_INVALID', 'The mask names a field that cannot be changed.', {
      field: 'update_mask',
      metadata: { path: unknown },
    });
  const taken = Object.entries(PROMOTION_FIELDS)
    .filter(([path]) => paths.includes(path))
    .map(([, field]) => [field, next[field]] as const);
  return checkPromotion({ ...current, ...Object.fromEntries(taken) });
}
