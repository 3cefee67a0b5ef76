import { describe, expect, it } from '@jest/globals';
import { precondition } from '@souk/kernel';
import { batcher, type Outcome } from './batcher.ts';

const alive = new AbortController().signal;
const options = { concurrency: 1, maxWeight: 3, weightOf: () => 1 };

describe('group commit', () => {
  it('runs a lone command at once and gathers those that come meanwhile', async () => {
    const batches: number[][] = [];
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const submit = batcher(async (commands: readonly number[]): Promise<Outcome<number>[]> => {
      batches.push([...commands]);
      await gate;
      return commands.map((command) => (command === 4 ? precondition('ODD', 'no') : command * 10));
    }, options);
    const first = submit(1, alive);
    await Promise.resolve();
    const rest = [2, 3, 4, 5].map((command) => submit(command, alive));
    open();
    await expect(first).resolves.toBe(10);
    const outcomes = await Promise.allSettled(rest);
    expect(batches).toEqual([[1], [2, 3, 4], [5]]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  });

  it('runs a failed batch one by one, and leaves out who has given up', async () => {
    const gone = new AbortController();
    gone.abort();
    const submit = batcher(async (commands: readonly number[]): Promise<Outcome<number>[]> => {
      if (commands.includes(2)) throw new Error('poison');
      return [...commands];
    }, options);
    const outcomes = await Promise.allSettled([
      submit(1, alive),
      submit(2, alive),
      submit(3, gone.signal),
      submit(4, alive),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect(outcomes[2]).toMatchObject({ reason: { reason: 'CANCELLED' } });
  });
});
