import { afterAll, describe, expect, it } from '@jest/globals';
import { attacks } from './src/attacks.ts';
import { hangUp } from './src/calling/edge-call.ts';
import { unservedNames } from './src/served.ts';

/** A small round of `npm run attack`; its seed is in the name of each test. */
const seed = Date.now() % 2 ** 31;

afterAll(hangUp);

it('the platform serves every RPC of the contracts', () => {
  expect(unservedNames).toEqual([]);
});

/** Fuzzing takes minutes and every processor: `npm run attack` does it. */
const small = attacks.filter(({ id }) => id !== 'S7' && id !== 'S12');

describe.each(small.map((attack) => [attack.id, attack] as const))('attack %s', (_, attack) => {
  it(`is refused (seed ${String(seed)})`, async () => {
    const tallies = await attack.run({ seed, rounds: 1 });
    expect(tallies.flatMap((tally) => tally.faults)).toEqual([]);
    for (const tally of tallies) expect(tally.tried).toBeGreaterThan(0);
  }, 300_000);
});
