import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Profile } from '../profile.ts';

/** `logs -- NAME`: the end of a process's log, and what follows. */
export async function showLogs(profile: Profile, name: string | undefined): Promise<void> {
  const names = readdirSync(profile.logs)
    .filter((file) => file.endsWith('.log'))
    .map((file) => path.basename(file, '.log'))
    .sort();
  const file = path.join(profile.logs, `${name ?? ''}.log`);
  if (name === undefined || !existsSync(file))
    throw new Error(`give a name: npm run logs -- NAME, one of ${names.join(', ')}`);
  const tail = spawn('tail', ['-n', '100', '-F', file], { stdio: 'inherit' });
  process.on('SIGINT', () => undefined);
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  tail.once('error', reject).once('exit', () => {
    resolve(undefined);
  });
  await promise;
}
