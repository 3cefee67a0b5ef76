import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** The folder of the running profile: `test` under `npm test`; another one by `SOUK_PROFILE`. */
const PROFILE = join(
  fileURLToPath(new URL('../../.souk', import.meta.url)),
  process.env['SOUK_PROFILE'] ?? 'test',
);

const platform = z.object({
  edge: z.url(),
  admin: z.object({ email: z.string(), password: z.string() }),
  simulators: z.record(z.string(), z.url()),
});

/** Where the running platform is, as the launcher tells it. */
export type Platform = z.infer<typeof platform>;

/** Reads where the running platform is. @throws Error when none runs. */
export function readPlatform(): Platform {
  return platform.parse(readJson('platform.json'));
}

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(join(PROFILE, name), 'utf8'));
}
