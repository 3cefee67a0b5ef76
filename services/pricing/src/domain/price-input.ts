import { invalid, type Money, precondition } from '@souk/kernel';
import type { PriceList } from './price-list.ts';
import { overlay, type PriceWindow, type Tier } from './price-window.ts';

/** A price that somebody wants to set. */
export interface PriceInput {
  readonly priceListId: string;
  readonly sku: string;
  readonly tiers: readonly { readonly minQuantity: number; readonly unitPrice: Money }[];
  readonly from: number;
  readonly to: number;
}

/** The dearest unit price, in minor units: with it the largest quote still fits into a 64-bit integer. */
const MAX_UNIT_PRICE = 10_000_000_000n;
/** How many windows a SKU may have in one list. */
const MAX_WINDOWS = 1_000;

/**
 * Checks a price against its list.
 *
 * @param field - path of the input in the request, for the error.
 * @throws DomainError `PRICE_LIST_UNKNOWN`, `TIERS_INVALID`, `AMOUNT_INVALID`, `VALIDITY_INVALID` (all invalid).
 */
export function toWindow(input: PriceInput, list: PriceList | undefined, field: string): PriceWindow {
  if (list === undefined)
    throw invalid('PRICE_LIST_UNKNOWN', 'There is no such price list.', {
      field: `${field}.price_list_id`,
      metadata: { price_list_id: input.priceListId },
    });
  if (input.from >= input.to)
    throw invalid('VALIDITY_INVALID', 'The validity ends before it begins.', {
      field: `${field}.valid_to_time`,
    });
  const tiers = input.tiers
    .map(({ minQuantity, unitPrice }, index): Tier => {
      const path = `${field}.tiers[${index}].unit_price`;
      if (unitPrice.currency !== list.currency)
        throw invalid('AMOUNT_INVALID', `The list is in ${list.currency}.`, { field: path });
      if (unitPrice.isNegative || unitPrice.minor > MAX_UNIT_PRICE)
        throw invalid('AMOUNT_INVALID', 'The price is negative or too large.', { field: path });
      return { minQuantity, unitPrice: unitPrice.minor };
    })
    .sort((a, b) => a.minQuantity - b.minQuantity);
  if (tiers.length === 0 || new Set(tiers.map(({ minQuantity }) => minQuantity)).size !== tiers.length)
    throw invalid('TIERS_INVALID', 'Each minimum quantity must be given once.', { field: `${field}.tiers` });
  return { from: input.from, to: input.to, tiers };
}

/**
 * Sets windows one after the other.
 *
 * @throws DomainError `PRICE_WINDOW_LIMIT` (precondition).
 */
export function setWindows(
  price: { readonly priceListId: string; readonly sku: string; readonly windows: readonly PriceWindow[] },
  set: readonly PriceWindow[],
): readonly PriceWindow[] {
  const windows = set.reduce<readonly PriceWindow[]>(overlay, price.windows);
  if (windows.length > MAX_WINDOWS)
    throw precondition('PRICE_WINDOW_LIMIT', `A price may have ${MAX_WINDOWS} windows.`, {
      metadata: { price_list_id: price.priceListId, sku: price.sku },
    });
  return windows;
}
