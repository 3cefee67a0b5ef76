import { parseArgs } from 'node:util';
import { resetProfile, restartProcess, scaleService, stopProfile } from './commands/control.ts';
import { runEngines } from './commands/engines.ts';
import { showLogs } from './commands/logs.ts';
import { runStart } from './commands/start.ts';
import { showStatus } from './commands/status.ts';
import { runTests } from './commands/test.ts';
import { runGenerator } from './generation.ts';
import { openProfile, type Profile, parseProfileName, projectRoot } from './profile.ts';

// Everything else here is relative to the root, whatever folder the command was given in.
process.chdir(projectRoot);

const [command = '', ...rest] = process.argv.slice(2);

try {
  if (command === 'test') await runTests(openProfile('test'), rest);
  else await run(command, rest);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
// What was still waiting for a server that will not come must not hold the end up.
process.exit();

async function run(name: string, args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    // Engines alone are for tests run by hand; everything else is about what `npm start` runs.
    options: { profile: { type: 'string', default: name === 'engines' ? 'test' : 'dev' } },
  });
  const profile = (): Profile => openProfile(parseProfileName(values.profile));
  switch (name) {
    case 'start':
      return runStart(profile());
    case 'engines':
      return runEngines(profile());
    case 'status':
      showStatus(profile());
      return;
    case 'stop':
      return stopProfile(profile());
    case 'logs':
      return showLogs(profile(), positionals[0]);
    case 'reset':
      return resetProfile(profile());
    case 'restart':
      return restartProcess(profile(), positionals[0]);
    case 'scale':
      return scaleService(profile(), positionals[0]);
    case 'gen':
      return runGenerator(projectRoot);
    case 'compose-files':
      return renderCompose();
    default:
      throw new Error(
        `unknown command "${name}": start, test, engines, status, stop, logs, reset, restart, scale, gen, compose-files`,
      );
  }
}

async function renderCompose(): Promise<void> {
  const { writeComposeFiles } = await import('../deployment/compose-files.ts');
  console.log(`docker compose --env-file ${writeComposeFiles(projectRoot)} --profile platform up --build`);
}
