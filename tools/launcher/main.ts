import { parseArgs } from 'node:util';
import { runEngines } from './commands/engines.ts';
import { openProfile, parseProfileName } from './profile.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { profile: { type: 'string' } },
});
const [command = 'start'] = positionals;

try {
  if (command === 'engines') await runEngines(openProfile(parseProfileName(values.profile ?? 'dev')));
  else throw new Error(`unknown command "${command}"`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
