const BLOCK = 1_000n;

/** Gives numbers to movements, growing for each level. */
export interface Positions {
  /** So many numbers, all above the given one. */
  take(count: number, above: bigint): Promise<bigint[]>;
}

/**
 * Hands out positions from blocks that the database numbers, so that a movement's position is known before it is
 * written. What is above the newest movement of a level stays so: blocks grow, and a block older than that movement is
 * not used. Numbers of a block that nobody used are left out.
 */
export function positionsFrom(nextBlock: () => Promise<bigint>): Positions {
  let next = 0n;
  let end = 0n;
  let fetching: Promise<void> | undefined;
  const fetch = async (): Promise<void> => {
    const block = await nextBlock();
    next = block * BLOCK;
    end = next + BLOCK;
  };
  return {
    async take(count, above) {
      const taken: bigint[] = [];
      while (taken.length < count) {
        if (next >= end || next <= above) {
          // What is left of an old block, in part handed out already, must not be mixed with a newer one out of order.
          await (fetching ??= fetch().finally(() => {
            fetching = undefined;
          }));
          continue;
        }
        taken.push(next);
        next += 1n;
      }
      return taken;
    },
  };
}
