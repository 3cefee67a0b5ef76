/** Kinds of movement, as the ledger names them. */
export const MOVEMENT_KINDS = [
  'receipt',
  'reservation',
  'release',
  'expiry',
  'commitment',
  'return',
  'adjustment',
  'damage',
  'transfer',
  'announcement',
  'backorder',
] as const;

/** What happened to stock. */
export type MovementKind = (typeof MOVEMENT_KINDS)[number];

/** Why stock was adjusted by hand. */
export const ADJUSTMENT_REASONS = ['count', 'shrinkage', 'damage', 'correction'] as const;

/** Why stock was adjusted by hand. */
export type AdjustmentReason = (typeof ADJUSTMENT_REASONS)[number];

/** By how much each kind of unit changes. */
export interface UnitDeltas {
  readonly onHandDelta: number;
  readonly reservedDelta: number;
  readonly damagedDelta: number;
  readonly incomingDelta: number;
  readonly backorderedDelta: number;
}

/** One entry of the ledger that is about to be written. The sum of all entries of a level is the level. */
export interface Movement extends UnitDeltas {
  readonly kind: MovementKind;
  readonly sku: string;
  readonly locationId: string;
  /** The order, return or document that caused it; empty if none did. */
  readonly reference: string;
  readonly reason: AdjustmentReason | undefined;
}

/** An entry of the ledger as it stands there. */
export interface LedgerEntry extends Movement {
  readonly position: bigint;
  readonly actorId: string;
  readonly createTime: Date;
}

/** A movement from what differs from nothing at all. */
export function movement(
  kind: MovementKind,
  of: { readonly sku: string; readonly locationId: string },
  reference: string,
  change: Partial<UnitDeltas & Pick<Movement, 'reason'>>,
): Movement {
  return {
    kind,
    sku: of.sku,
    locationId: of.locationId,
    onHandDelta: change.onHandDelta ?? 0,
    reservedDelta: change.reservedDelta ?? 0,
    damagedDelta: change.damagedDelta ?? 0,
    incomingDelta: change.incomingDelta ?? 0,
    backorderedDelta: change.backorderedDelta ?? 0,
    reference,
    reason: change.reason,
  };
}
