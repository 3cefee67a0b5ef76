import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { buf } from './buf.ts';
import { generate } from './generate.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const committed = join(root, 'gen');
let fresh: string;

beforeAll(async () => {
  fresh = await mkdtemp(join(tmpdir(), 'souk-gen-'));
  await Promise.all([generate(root, join(fresh, 'gen')), buf(root, 'generate', '--output', fresh)]);
  // Seconds, but minutes on a machine that does much else.
}, 300_000);

afterAll(async () => {
  await rm(fresh, { recursive: true });
});

it('finds gen/ as the contracts make it; otherwise run `npm run gen` and commit', async () => {
  const names = await filesBelow(join(fresh, 'gen'));
  const differing: string[] = [];
  for (const name of names) {
    const [now, then] = await Promise.all([
      readFile(join(fresh, 'gen', name)),
      readFile(join(committed, name)).catch(() => Buffer.alloc(0)),
    ]);
    if (!now.equals(then)) {
      differing.push(name);
    }
  }
  expect(differing).toEqual([]);
  // package.json is the only file of gen/ that people write.
  expect((await filesBelow(committed)).filter((name) => !names.includes(name))).toEqual(['package.json']);
});

it('writes the same bytes again', async () => {
  const again = join(fresh, 'again');
  await generate(root, again);
  for (const name of await filesBelow(again)) {
    expect([
      name,
      (await readFile(join(again, name))).equals(await readFile(join(fresh, 'gen', name))),
    ]).toEqual([name, true]);
  }
});

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}
