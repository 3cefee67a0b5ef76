import type { Cache, FillTarget } from '../cache/cache.ts';
import path from 'node:path';
import { chmod } from 'node:fs/promises';
import { findGo } from '../toolchain.ts';
import { runTool } from './run-tool.ts';

/** Builds one Go command of an exact module version into the entry; Go's checksum database verifies the sources. */
export async function buildGoCommand(target: FillTarget, cache: Cache, command: string): Promise<void> {
  const go = await findGo(cache);
  await runTool(go, ['install', '-trimpath', '-ldflags=-s -w', command], {
    env: { GOBIN: target.out, CGO_ENABLED: '0', GOFLAGS: '' },
  });
  await chmod(path.join(target.out), 0o755);
}
