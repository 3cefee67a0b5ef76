import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

// Fault scenarios on a platform that runs: `npm run faults -- [--scenario R3] [--rounds N] [--seed S] [--size full|small]`.
const { values } = parseArgs({
  options: {
    scenario: { type: 'string', multiple: true },
    rounds: { type: 'string', default: '1' },
    seed: { type: 'string' },
    size: { type: 'string', default: 'full' },
    profile: { type: 'string', default: 'dev' },
  },
});

// Which platform is meant is settled when the rig is loaded.
process.env['SOUK_PROFILE'] ??= values.profile;
const { SCENARIOS } = await import('./src/scenarios/index.ts');
const { reportOf } = await import('./src/report.ts');

const wanted = values.scenario?.flatMap((each) => each.toUpperCase().split(','));
const chosen = SCENARIOS.filter(({ id }) => wanted?.includes(id.toUpperCase()) ?? true);
if (chosen.length === 0)
  throw new Error(`no scenario is called so; there are ${SCENARIOS.map(({ id }) => id).join(', ')}`);
const firstSeed = values.seed === undefined ? randomInt(2 ** 31) : whole('seed', values.seed);
const size = values.size === 'small' ? 'small' : 'full';
let played = 0;
let good = 0;
for (let round = 0; round < whole('rounds', values.rounds); round += 1) {
  for (const scenario of chosen) {
    const play = { seed: firstSeed + round, size } as const;
    const began = Date.now();
    const outcome = await scenario.play(play);
    const seconds = ((Date.now() - began) / 1_000).toFixed(1);
    process.stdout.write(`${reportOf(scenario, play, outcome)} (${seconds} s)\n\n`);
    played += 1;
    if (outcome.broken.length === 0) good += 1;
  }
}
process.stdout.write(`${good} of ${played} scenarios hold\n`);
// Connections that wait for something that was killed must not hold the end up.
process.exit(good === played ? 0 : 1);

function whole(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new Error(`--${option} takes a whole number, not ${text}`);
  return value;
}
