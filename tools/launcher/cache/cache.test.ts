import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openCache } from './cache.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'souk-cache-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('the cache', () => {
  it('fills an entry once', async () => {
    const cache = openCache(folder);
    let fills = 0;
    const fill = async ({ out }: { out: string }): Promise<void> => {
      fills += 1;
      await writeFile(path.join(out, 'program'), 'x');
    };
    const entries = await Promise.all([cache.entry('a', fill), cache.entry('a', fill)]);
    await cache.entry('a', fill);
    expect(fills).toBe(1);
    expect(entries).toEqual([path.join(folder, 'a'), path.join(folder, 'a')]);
    expect(readFileSync(path.join(folder, 'a/program'), 'utf8')).toBe('x');
  });

  it('shows nothing of a failed attempt, but lets the next one resume', async () => {
    const cache = openCache(folder);
    const failing = cache.entry('a', async ({ out, work }) => {
      await writeFile(path.join(out, 'half'), '');
      await writeFile(path.join(work, 'download.part'), '');
      throw new Error('the line is dead');
    });
    await expect(failing).rejects.toThrow('the line is dead');
    expect(existsSync(path.join(folder, 'a'))).toBe(false);

    const entry = await cache.entry('a', async ({ out, work }) => {
      expect(existsSync(path.join(work, 'download.part'))).toBe(true);
      await writeFile(path.join(out, 'whole'), '');
    });
    expect(existsSync(path.join(entry, 'half'))).toBe(false);
    expect(existsSync(path.join(entry, 'whole'))).toBe(true);
  });

  it('fills again what carries no stamp, or the stamp of another place', async () => {
    const cache = openCache(folder);
    const fill = async ({ out }: { out: string }): Promise<void> => writeFile(path.join(out, 'fresh'), '');
    await mkdir(path.join(folder, 'a'));
    expect(existsSync(path.join(await cache.entry('a', fill), 'fresh'))).toBe(true);

    await mkdir(path.join(folder, 'b'));
    await writeFile(path.join(folder, 'b/.souk-complete'), '/elsewhere/b');
    expect(existsSync(path.join(await cache.entry('b', fill), 'fresh'))).toBe(true);
  });

  it('takes over the lock of a dead process', async () => {
    const lock = path.join(folder, 'partial/a/lock');
    await mkdir(path.dirname(lock), { recursive: true });
    await writeFile(lock, `${String(process.pid)} not-when-this-one-started`);
    const entry = await openCache(folder).entry('a', async ({ out }) => writeFile(path.join(out, 'x'), ''));
    expect(existsSync(path.join(entry, 'x'))).toBe(true);
  });
});
