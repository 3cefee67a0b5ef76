import { mkdir, open, readFile, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';

/** An append-only file of JSON lines. */
export interface Journal {
  /** Resolves when the line is on disk. Lines that come while the disk is busy are written and synced together. */
  append(line: object): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a journal and hands over what it holds. A last line without an end is a write that was never acknowledged: it is
 * cut off.
 */
export async function openJournal(path: string, replay: (line: unknown) => void): Promise<Journal> {
  await mkdir(dirname(path), { recursive: true });
  const content = await readFile(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  });
  const end = content.lastIndexOf(0x0a) + 1;
  if (end < content.length) await truncate(path, end);
  for (let start = 0; start < end; ) {
    const next = content.indexOf(0x0a, start);
    replay(JSON.parse(content.toString('utf8', start, next)));
    start = next + 1;
  }

  const file = await open(path, 'a');
  let waiting: { readonly text: string; readonly settle: PromiseWithResolvers<undefined> }[] = [];
  let flushing: Promise<void> | undefined;

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        await file.appendFile(batch.map(({ text }) => text).join(''));
        await file.datasync();
        for (const { settle } of batch) settle.resolve(undefined);
      } catch (error) {
        for (const { settle } of batch) settle.reject(error);
      }
    }
    flushing = undefined;
  }

  return {
    async append(line) {
      const settle = Promise.withResolvers<undefined>();
      waiting.push({ text: `${JSON.stringify(line)}\n`, settle });
      flushing ??= flush();
      await settle.promise;
    },
    async close() {
      await flushing;
      await file.close();
    },
  };
}
