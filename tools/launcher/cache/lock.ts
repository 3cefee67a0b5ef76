import { mkdir, open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isSameProcess, startTimeOf } from '../processes/identity.ts';

/**
 * Runs `work` while holding a lock file; waits while another live process holds it.
 *
 * The file names its holder by pid and start time, so a lock that a killed process left behind is taken over.
 */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  await acquire(file);
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function acquire(file: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  for (;;) {
    try {
      const handle = await open(file, 'wx');
      await handle.writeFile(`${String(process.pid)} ${startTimeOf(process.pid) ?? ''}`);
      await handle.close();
      return;
    } catch (error) {
      if (!(typeof error === 'object' && error !== null && 'code' in error && error.code === 'EEXIST'))
        throw error;
    }
    if (await isAbandoned(file)) await rm(file, { force: true });
    else await sleep(200);
  }
}

async function isAbandoned(file: string): Promise<boolean> {
  const read = async (): Promise<string> => readFile(file, 'utf8').catch(() => '');
  let holder = await read();
  if (holder === '') {
    // Just made and not yet written, or just removed: look again before calling it abandoned.
    await sleep(500);
    holder = await read();
  }
  const [pid, startTime] = holder.split(' ');
  return !isSameProcess(Number(pid), startTime ?? '');
}
