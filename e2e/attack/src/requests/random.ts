import fc from 'fast-check';

/** Random choices that a seed repeats. */
export interface Random {
  /** A whole number from `least` to `most`, both included. */
  int(least: number, most: number): number;
  /** True so often, of 1. */
  chance(share: number): boolean;
  /** One of several. */
  pick<T>(choices: readonly T[]): T;
  /** A string that an expression matches. */
  matching(pattern: RegExp): string;
  /** A UUID. */
  uuid(): string;
}

/** Random choices from a seed (mulberry32). */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => int(0, 15).toString(16)).join('');
  return {
    int,
    chance: (share) => next() < share,
    pick(choices) {
      const chosen = choices[int(0, choices.length - 1)];
      if (chosen === undefined) throw new RangeError('nothing to choose from');
      return chosen;
    },
    matching(pattern) {
      const [text = ''] = fc.sample(fc.stringMatching(pattern), { numRuns: 1, seed: int(0, 2 ** 31 - 1) });
      return text;
    },
    uuid: () => `${hex(8)}-${hex(4)}-7${hex(3)}-${int(8, 11).toString(16)}${hex(3)}-${hex(12)}`,
  };
}
