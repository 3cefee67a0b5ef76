import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

// Fault rounds on a platform that runs: `npm run faults -- --rounds N --seed S --buyers N --units N --services a,b`.
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '1' },
    seed: { type: 'string' },
    buyers: { type: 'string', default: '200' },
    units: { type: 'string', default: '50' },
    'in-flight': { type: 'string', default: '64' },
    services: { type: 'string', default: 'order,payment,inventory' },
    kills: { type: 'string', default: '2' },
    profile: { type: 'string', default: 'dev' },
  },
});

// Which platform is meant is settled when the rig is loaded.
process.env['SOUK_PROFILE'] ??= values.profile;
const { playRound } = await import('./src/round.ts');
const { reportOf } = await import('./src/report.ts');

const firstSeed = values.seed === undefined ? randomInt(2 ** 31) : whole('seed', values.seed);
const rounds = whole('rounds', values.rounds);
let good = 0;
for (let round = 0; round < rounds; round += 1) {
  const result = await playRound({
    seed: firstSeed + round,
    buyers: whole('buyers', values.buyers),
    units: whole('units', values.units),
    inFlight: whole('in-flight', values['in-flight']),
    services: values.services.split(',').filter((service) => service !== ''),
    killsEach: whole('kills', values.kills),
  });
  process.stdout.write(`${reportOf(result)}\n`);
  if (result.broken.length === 0) good += 1;
}
process.stdout.write(`${good} of ${rounds} rounds good\n`);
process.exitCode = good === rounds ? 0 : 1;

function whole(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new Error(`--${option} takes a whole number, not ${text}`);
  return value;
}
