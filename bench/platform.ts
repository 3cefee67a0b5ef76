import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const platform = z.object({
  edge: z.url(),
  admin: z.object({ email: z.string(), password: z.string() }),
  namespace: z.string(),
  services: z.record(z.string(), z.array(z.number())),
});

/** The running platform that is measured. */
export type Platform = z.infer<typeof platform>;

/** Root of the repository. */
export const root = join(import.meta.dirname, '..');

/** Reads where `npm start` runs. @throws when it does not, with what to do. */
export function runningPlatform(): Platform {
  try {
    return platform.parse(JSON.parse(readFileSync(join(root, '.souk/dev/platform.json'), 'utf8')));
  } catch (cause) {
    throw new Error('the platform does not run: `npm start` first, then `npm run bench` beside it', {
      cause,
    });
  }
}

const engines = z.object({ postgres: z.string() });

/** The address of the PostgreSQL database that a service of the running platform owns. */
export function databaseOf(service: string): string {
  const file = readFileSync(join(root, '.souk/dev/engines.json'), 'utf8');
  const address = new URL(engines.parse(JSON.parse(file)).postgres);
  address.pathname = `/${runningPlatform().namespace}_${service}`;
  return address.href;
}
