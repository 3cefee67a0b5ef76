/** A unit price in the list's minor unit that holds from a quantity on. */
export interface Tier {
  readonly minQuantity: number;
  readonly unitPrice: bigint;
}

/**
 * What a SKU costs in one price list during `[from, to)`, in milliseconds since the epoch; -Infinity and Infinity leave an
 * end open. Tiers are ordered by quantity.
 */
export interface PriceWindow {
  readonly from: number;
  readonly to: number;
  readonly tiers: readonly Tier[];
}

/**
 * Puts a window over others: it takes over exactly its own stretch of time, and what was there before is cut where the two
 * overlap. Neighbours with equal tiers are joined, so that setting what already holds changes nothing.
 *
 * @param windows - ordered by time, without overlaps; so is the result.
 */
export function overlay(windows: readonly PriceWindow[], set: PriceWindow): PriceWindow[] {
  const before = windows.flatMap((window) => cut(window, -Infinity, set.from));
  const after = windows.flatMap((window) => cut(window, set.to, Infinity));
  return [...before, set, ...after].reduce<PriceWindow[]>(join, []);
}

/** The window that holds at an instant. */
export function windowAt(windows: readonly PriceWindow[], time: number): PriceWindow | undefined {
  let low = 0;
  let high = windows.length;
  // The first window that ends after `time` is the only one that can hold then.
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((windows[middle]?.to ?? Infinity) <= time) low = middle + 1;
    else high = middle;
  }
  const window = windows[low];
  return window !== undefined && window.from <= time ? window : undefined;
}

/** Whether two histories of a price are the same. */
export function sameWindows(a: readonly PriceWindow[], b: readonly PriceWindow[]): boolean {
  return (
    a.length === b.length &&
    a.every((window, index) => {
      const other = b[index];
      return (
        other !== undefined &&
        window.from === other.from &&
        window.to === other.to &&
        sameTiers(window, other)
      );
    })
  );
}

function cut(window: PriceWindow, from: number, to: number): PriceWindow[] {
  const start = Math.max(window.from, from);
  const end = Math.min(window.to, to);
  return start < end ? [{ ...window, from: start, to: end }] : [];
}

function join(joined: PriceWindow[], window: PriceWindow): PriceWindow[] {
  const last = joined.at(-1);
  if (last === undefined || last.to !== window.from || !sameTiers(last, window)) joined.push(window);
  else joined[joined.length - 1] = { ...last, to: window.to };
  return joined;
}

function sameTiers(a: PriceWindow, b: PriceWindow): boolean {
  return (
    a.tiers.length === b.tiers.length &&
    a.tiers.every((tier, index) => {
      const other = b.tiers[index];
      return other?.minQuantity === tier.minQuantity && other.unitPrice === tier.unitPrice;
    })
  );
}
