import { invalid, precondition } from '@souk/kernel';
import { levelsOf, requireUnheld } from './demand.ts';
import { type Movement, movement } from './movement.ts';
import type { Stock } from './stock.ts';

/** States of a transfer. Only `in-transit` changes, once. */
export const TRANSFER_STATES = ['in-transit', 'received', 'cancelled'] as const;

/** Where a transfer stands. */
export type TransferState = (typeof TRANSFER_STATES)[number];

/** Units of one SKU in a transfer. */
export interface TransferLine {
  readonly sku: string;
  readonly quantity: number;
}

/** Units on their way from one location to another. */
export interface Transfer {
  readonly transferId: string;
  readonly fromLocationId: string;
  readonly toLocationId: string;
  readonly lines: readonly TransferLine[];
  readonly state: TransferState;
}

/** Units of a transfer that did not arrive well. */
export interface TransferLoss {
  readonly sku: string;
  readonly missing: number;
  readonly damaged: number;
}

/**
 * Checks that a transfer goes somewhere else and names each SKU once.
 * @throws DomainError TRANSFER_INVALID
 */
export function requireValidTransfer({ fromLocationId, toLocationId, lines }: Transfer): void {
  const isValid =
    fromLocationId !== toLocationId && new Set(lines.map(({ sku }) => sku)).size === lines.length;
  if (!isValid) throw invalid('TRANSFER_INVALID', 'A transfer goes elsewhere, with each SKU once.');
}

/**
 * The movements of sending.
 * @throws DomainError SKU_UNKNOWN, STOCK_INSUFFICIENT
 */
export function send(
  stock: Stock,
  { transferId, fromLocationId, toLocationId, lines }: Transfer,
): Movement[] {
  return lines.flatMap(({ sku, quantity }) => {
    levelsOf(stock, sku);
    requireUnheld(stock, sku, fromLocationId, quantity);
    return [
      movement('transfer', { sku, locationId: fromLocationId }, transferId, { onHandDelta: -quantity }),
      movement('transfer', { sku, locationId: toLocationId }, transferId, { incomingDelta: quantity }),
    ];
  });
}

/**
 * The movements of arrival. What is missing is lost; what arrived damaged is kept as such.
 * @throws DomainError TRANSFER_ENDED, TRANSFER_INVALID when more is lost than was sent.
 */
export function arrive(transfer: Transfer, losses: readonly TransferLoss[]): Movement[] {
  const { transferId, toLocationId: locationId, lines } = inTransit(transfer);
  const lost = new Map(losses.map((loss) => [loss.sku, loss]));
  if (lost.size < losses.length || losses.some(({ sku }) => !lines.some((line) => line.sku === sku)))
    throw invalid('TRANSFER_INVALID', 'A loss names a SKU of the transfer, once.', { field: 'losses' });
  return lines.map(({ sku, quantity }) => {
    const { missing = 0, damaged = 0 } = lost.get(sku) ?? {};
    if (missing + damaged > quantity)
      throw invalid('TRANSFER_INVALID', `Fewer of ${sku} were sent.`, { field: 'losses' });
    return movement('transfer', { sku, locationId }, transferId, {
      incomingDelta: -quantity,
      onHandDelta: quantity - missing - damaged,
      damagedDelta: damaged,
      reason: missing > 0 ? 'shrinkage' : undefined,
    });
  });
}

/**
 * The movements of going back.
 * @throws DomainError TRANSFER_ENDED
 */
export function goBack(transfer: Transfer): Movement[] {
  const { transferId, fromLocationId, toLocationId, lines } = inTransit(transfer);
  return lines.flatMap(({ sku, quantity }) => [
    movement('transfer', { sku, locationId: fromLocationId }, transferId, { onHandDelta: quantity }),
    movement('transfer', { sku, locationId: toLocationId }, transferId, { incomingDelta: -quantity }),
  ]);
}

function inTransit(transfer: Transfer): Transfer {
  if (transfer.state !== 'in-transit')
    throw precondition('TRANSFER_ENDED', `The transfer was ${transfer.state} before.`);
  return transfer;
}
