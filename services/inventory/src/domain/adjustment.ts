import { invalid } from '@souk/kernel';
import { demandOf, levelsOf, requireUnheld, type StockLine } from './demand.ts';
import { type AdjustmentReason, type Movement, movement } from './movement.ts';
import { levelAt, type Stock } from './stock.ts';

/** Goods that came in, or are about to. */
export interface Receipt {
  readonly lines: readonly StockLine[];
  readonly locationId: string;
  readonly reference: string;
}

/** The movements of goods that came in, one per SKU. What was announced is no longer on its way, as far as it goes. */
export function receive(
  stock: Stock,
  { lines, locationId, reference }: Receipt,
  wasAnnounced: boolean,
): Movement[] {
  return Array.from(demandOf(lines), ([sku, quantity]) => {
    const incoming = wasAnnounced ? (levelAt(stock, sku, locationId)?.incoming ?? 0) : 0;
    return movement('receipt', { sku, locationId }, reference, {
      onHandDelta: quantity,
      incomingDelta: 0 - Math.min(quantity, incoming),
    });
  });
}

/** The movements of goods that are on their way, one per SKU. */
export function announce({ lines, locationId, reference }: Receipt): Movement[] {
  return Array.from(demandOf(lines), ([sku, quantity]) =>
    movement('announcement', { sku, locationId }, reference, { incomingDelta: quantity }),
  );
}

/** Stock to be put right by hand. */
export interface Adjustment {
  readonly sku: string;
  readonly locationId: string;
  /** Units to add, or to take away if negative. */
  readonly delta: number;
  readonly reason: AdjustmentReason;
  readonly reference: string;
}

/**
 * The movement of an adjustment. Units found damaged move from on hand to damaged; reserved units can't be taken.
 * @throws DomainError SKU_UNKNOWN, STOCK_INSUFFICIENT, ADJUSTMENT_INVALID
 */
export function adjust(stock: Stock, { sku, locationId, delta, reason, reference }: Adjustment): Movement {
  levelsOf(stock, sku);
  const isLoss = reason === 'shrinkage' || reason === 'damage';
  if (isLoss && delta > 0) {
    throw invalid('ADJUSTMENT_INVALID', 'Shrinkage and damage take units away.', { field: 'delta' });
  }
  if (delta < 0) requireUnheld(stock, sku, locationId, -delta);
  const isDamage = reason === 'damage';
  return movement(isDamage ? 'damage' : 'adjustment', { sku, locationId }, reference, {
    onHandDelta: delta,
    damagedDelta: isDamage ? -delta : 0,
    reason,
  });
}
