import { describe, expect, it } from '@jest/globals';
import { precondition } from '@souk/kernel';
import { type LaneOptions, type Outcome, skuLanes } from './sku-lanes.ts';

const alive = new AbortController().signal;

interface Command {
  readonly id: number;
  readonly skus: readonly string[];
}

const options: LaneOptions<Command> = {
  concurrency: 2,
  maxWeight: 3,
  hotAt: 4,
  weightOf: () => 1,
  skusOf: ({ skus }) => skus,
};
const of = (id: number, ...skus: string[]): Command => ({ id, skus });

/** Lanes whose batches wait until they are let go. */
function gated(): {
  readonly batches: number[][];
  readonly submit: (command: Command) => Promise<number>;
  release(): void;
} {
  const batches: number[][] = [];
  let waiting: (() => void)[] = [];
  const submit = skuLanes(async (commands: readonly Command[]): Promise<Outcome<number>[]> => {
    batches.push(commands.map(({ id }) => id));
    await new Promise<void>((resolve) => waiting.push(resolve));
    return commands.map(({ id }) => (id === 4 ? precondition('ODD', 'no') : id * 10));
  }, options);
  return {
    batches,
    submit: (command) => submit(command, alive),
    release: () => {
      const all = waiting;
      waiting = [];
      for (const go of all) go();
    },
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('lanes', () => {
  it('run a lone command at once and gather those that come meanwhile for the same SKU', async () => {
    const { batches, submit, release } = gated();
    const first = submit(of(1, 'A'));
    await turn();
    const rest = Promise.allSettled([2, 3, 4, 5].map((id) => submit(of(id, 'A'))));
    await turn();
    expect(batches).toEqual([[1]]);
    release();
    await expect(first).resolves.toBe(10);
    await turn();
    release();
    await turn();
    release();
    const outcomes = await rest;
    expect(batches).toEqual([[1], [2, 3, 4], [5]]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  });

  it('never put a hot and a cold SKU together, nor two batches of one SKU under way', async () => {
    const { batches, submit, release } = gated();
    const all = [
      ...[1, 2, 3, 5, 6].map((id) => submit(of(id, 'HOT'))),
      submit(of(7, 'COLD')),
      submit(of(8, 'MILD')),
    ];
    await turn();
    expect(batches).toEqual([
      [1, 2, 3],
      [7, 8],
    ]);
    release();
    await turn();
    release();
    await Promise.all(all);
    expect(batches[2]).toEqual([5, 6]);
  });

  it('let nobody overtake who wants the same', async () => {
    const { batches, submit, release } = gated();
    const all = [submit(of(1, 'A'))];
    await turn();
    all.push(submit(of(2, 'A', 'B')), submit(of(3, 'B')));
    await turn();
    expect(batches).toEqual([[1]]);
    release();
    await turn();
    release();
    await Promise.all(all);
    expect(batches).toEqual([[1], [2, 3]]);
  });

  it('run a failed batch one by one, and leave out who has given up', async () => {
    const gone = new AbortController();
    gone.abort();
    const submit = skuLanes(async (commands: readonly Command[]): Promise<Outcome<number>[]> => {
      if (commands.some(({ id }) => id === 2)) throw new Error('poison');
      return commands.map(({ id }) => id);
    }, options);
    const outcomes = await Promise.allSettled([
      submit(of(1, 'A'), alive),
      submit(of(2, 'A'), alive),
      submit(of(3, 'A'), gone.signal),
      submit(of(4, 'A'), alive),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect(outcomes[2]).toMatchObject({ reason: { reason: 'CANCELLED' } });
  });
});
