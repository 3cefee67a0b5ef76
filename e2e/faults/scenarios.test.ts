import { randomInt } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { reportOf } from './src/report.ts';
import { SCENARIOS } from './src/scenarios/index.ts';

const LONGEST_MS = 240_000;
const seed = Number(process.env['SOUK_FAULTS_SEED'] ?? randomInt(2 ** 31));

it.each(SCENARIOS.map((scenario) => [scenario.id, scenario.promise, scenario] as const))(
  '%s: %s',
  async (_id, _promise, scenario) => {
    const play = { seed, size: 'small' } as const;
    const outcome = await scenario.play(play);
    process.stdout.write(`${reportOf(scenario, play, outcome)}\n`);
    expect(outcome.broken).toEqual([]);
  },
  LONGEST_MS,
);
