import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** buf refused; the message is what it printed, which names file, line and rule. */
export class BufError extends Error {}

/**
 * Runs the `buf` of the project's own dependencies in a folder with a `buf.yaml`.
 *
 * @throws BufError
 */
export async function buf(root: string, ...args: string[]): Promise<void> {
  const command = new URL('../../node_modules/.bin/buf', import.meta.url).pathname;
  const bin = new URL('../../node_modules/.bin', import.meta.url).pathname;
  try {
    await run(command, args, {
      cwd: root,
      env: { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` },
    });
  } catch (error) {
    const output =
      error instanceof Error && 'stdout' in error
        ? `${String(error.stdout)}${'stderr' in error ? String(error.stderr) : ''}`
        : '';
    throw new BufError(`buf ${args.join(' ')} failed:\n${output}`, { cause: error });
  }
}

/**
 * Compiles the contracts of a folder to an encoded `google.protobuf.FileDescriptorSet` with everything they import, comments
 * and positions included.
 */
export async function buildDescriptorSet(root: string): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'souk-gen-'));
  try {
    const output = join(folder, 'set.binpb');
    await buf(root, 'build', '--as-file-descriptor-set', '-o', output);
    return await readFile(output);
  } finally {
    await rm(folder, { recursive: true });
  }
}
