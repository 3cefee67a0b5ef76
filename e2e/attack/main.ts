import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

// Attacks on a platform that runs: `npm run attack -- --only S5,S7 --rounds N --seed S --profile dev`.
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    rounds: { type: 'string', default: '10' },
    seed: { type: 'string' },
    profile: { type: 'string', default: 'dev' },
  },
});

// Which platform is meant is settled when the rig is loaded.
process.env['SOUK_PROFILE'] ??= values.profile;
const { attacks } = await import('./src/attacks.ts');
const { hangUp } = await import('./src/calling/edge-call.ts');
const { unservedNames } = await import('./src/served.ts');

const seed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed);
const only = new Set(values.only.split(',').filter((id) => id !== ''));
process.stdout.write(`seed ${String(seed)}\n`);
for (const name of unservedNames) process.stdout.write(`not served: ${name}\n`);
let faults = unservedNames.length;
for (const attack of attacks) {
  if (only.size > 0 && !only.has(attack.id)) continue;
  const startedAt = performance.now();
  for (const tally of await attack.run({ seed, rounds: Number(values.rounds) })) {
    faults += tally.faults.length;
    const counts = `${String(tally.tried).padStart(6)} tried ${String(tally.refused).padStart(6)} refused`;
    process.stdout.write(
      `${attack.id.padEnd(4)} ${counts} ${String(tally.faults.length).padStart(4)} faults  ${tally.title}\n`,
    );
    for (const fault of tally.faults.slice(0, 40)) process.stdout.write(`       ✗ ${fault}\n`);
    for (const skipped of tally.skipped.slice(0, 20)) process.stdout.write(`       – ${skipped}\n`);
  }
  process.stdout.write(`     ${((performance.now() - startedAt) / 1_000).toFixed(1)} s\n`);
}
hangUp();
process.stdout.write(`${String(faults)} faults\n`);
process.exitCode = faults === 0 ? 0 : 1;
