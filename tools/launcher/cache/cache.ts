import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { withLock } from './lock.ts';

/** What a recipe gets to fill one cache entry with. */
export interface FillTarget {
  /** Empty folder to write the entry's content to. */
  readonly out: string;
  /** Folder that survives a failed attempt: partial downloads go here, so that the next attempt resumes. */
  readonly work: string;
  /** Where the content will be once complete, for content that has its own path baked in. */
  readonly final: string;
}

/** A folder of complete entries; an entry is either wholly there or absent. */
export interface Cache {
  readonly folder: string;
  /**
   * Returns the folder of an entry, filling it first when it is absent.
   *
   * The content is written elsewhere and renamed into place with a stamp, so a killed download leaves nothing that
   * looks complete. Two launchers filling the same entry take turns.
   */
  entry(name: string, fill: (target: FillTarget) => Promise<void>): Promise<string>;
  /** True when the entry is complete. */
  has(name: string): boolean;
}

const STAMP = '.souk-complete';

/** Opens the cache in a folder. */
export function openCache(folder: string): Cache {
  const final = (name: string): string => path.join(folder, name);
  const isComplete = async (name: string): Promise<boolean> =>
    (await readFile(path.join(final(name), STAMP), 'utf8').catch(() => '')) === final(name);

  return {
    folder,
    has: (name) => existsSync(path.join(final(name), STAMP)),
    async entry(name, fill) {
      if (await isComplete(name)) return final(name);
      const partial = path.join(folder, 'partial', name);
      await mkdir(path.join(partial, 'work'), { recursive: true });
      return withLock(path.join(partial, 'lock'), async () => {
        if (await isComplete(name)) return final(name);
        const out = path.join(partial, 'out');
        await rm(out, { recursive: true, force: true });
        await mkdir(out, { recursive: true, mode: 0o755 });
        const work = path.join(partial, 'work');
        await mkdir(work, { recursive: true });
        await fill({ out, work, final: final(name) });
        await writeFile(path.join(out, STAMP), final(name));
        await rm(final(name), { recursive: true, force: true });
        await rename(out, final(name));
        await rm(work, { recursive: true, force: true });
        return final(name);
      });
    },
  };
}
