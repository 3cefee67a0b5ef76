import { invalid } from '@souk/kernel';
import { demandOf, levelOf, requireAvailable, type StockLine } from './demand.ts';
import { type AdjustmentReason, type Movement, movement } from './movement.ts';
import { DEFAULT_LOCATION, type Stock } from './stock.ts';

/** The movements of goods that came in, one per SKU. */
export function receive(lines: readonly StockLine[], reference: string): Movement[] {
  return Array.from(demandOf(lines), ([sku, quantity]) =>
    movement('receipt', { sku, locationId: DEFAULT_LOCATION }, reference, { onHandDelta: quantity }),
  );
}

/** Stock to be put right by hand. */
export interface Adjustment {
  readonly sku: string;
  /** Units to add, or to take away if negative. */
  readonly delta: number;
  readonly reason: AdjustmentReason;
  readonly reference: string;
}

/**
 * The movement of an adjustment. Units found damaged move from on hand to damaged; reserved units can't be taken.
 * @throws DomainError SKU_UNKNOWN, STOCK_INSUFFICIENT, ADJUSTMENT_INVALID
 */
export function adjust(stock: Stock, { sku, delta, reason, reference }: Adjustment): Movement {
  const level = levelOf(stock, sku);
  const isLoss = reason === 'shrinkage' || reason === 'damage';
  if (isLoss && delta > 0) {
    throw invalid('ADJUSTMENT_INVALID', 'Shrinkage and damage take units away.', { field: 'delta' });
  }
  if (delta < 0) requireAvailable(stock, new Map([[sku, -delta]]));
  return movement('adjustment', level, reference, {
    onHandDelta: delta,
    damagedDelta: reason === 'damage' ? -delta : 0,
    reason,
  });
}
