/** Numbers from 0 up to but not including 1. */
export type Random = () => number;

/** A generator whose numbers follow from its seed alone (mulberry32), so that a run can be repeated. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A whole number from `low` up to but not including `high`. */
export function wholeBetween(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * Math.max(high - low, 1));
}
