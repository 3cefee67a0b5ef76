import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { fingerprintOf, generateIfStale } from './generation.ts';

let root: string;
let runs: number;
const generate = async (): Promise<void> => {
  runs += 1;
  mkdirSync(path.join(root, 'gen/ts'), { recursive: true });
  for (const file of ['gen/edge.ts', 'gen/transcoding.binpb']) writeFileSync(path.join(root, file), '');
  return Promise.resolve();
};

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'souk-generation-'));
  runs = 0;
  mkdirSync(path.join(root, 'proto'));
  writeFileSync(path.join(root, 'proto/a.proto'), 'message A {}');
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

it('generates once, and again when a contract changed or the output is gone', async () => {
  await generateIfStale(root, generate);
  await generateIfStale(root, generate);
  expect(runs).toBe(1);
  writeFileSync(path.join(root, 'proto/a.proto'), 'message B {}');
  await generateIfStale(root, generate);
  expect(runs).toBe(2);
  rmSync(path.join(root, 'gen/edge.ts'));
  await generateIfStale(root, generate);
  expect(runs).toBe(3);
});

it('tells a renamed file from the same file', () => {
  const before = fingerprintOf(root, ['proto', 'not-there']);
  writeFileSync(path.join(root, 'proto/b.proto'), '');
  expect(fingerprintOf(root, ['proto', 'not-there'])).not.toBe(before);
});
