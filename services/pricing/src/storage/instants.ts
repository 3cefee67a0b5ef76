/** An open end of a validity is stored as null, because BSON dates have no infinity. */
export type StoredInstant = Date | null;

/** Milliseconds since the epoch, or an infinity, as stored. */
export function toStored(instant: number): StoredInstant {
  return Number.isFinite(instant) ? new Date(instant) : null;
}

/** A stored start: null means since ever. */
export function startOf(stored: StoredInstant): number {
  return stored?.getTime() ?? -Infinity;
}

/** A stored end: null means for ever. */
export function endOf(stored: StoredInstant): number {
  return stored?.getTime() ?? Infinity;
}
