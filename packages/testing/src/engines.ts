import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const addresses = z.object({
  postgres: z.string(),
  mongodb: z.string(),
  redis: z.string(),
  kafka: z.array(z.string()),
  rabbitmq: z.string(),
  elasticsearch: z.string(),
});

/** Addresses of the engines that tests use. */
export type TestEngines = z.infer<typeof addresses>;

/**
 * The engines that the launcher runs for tests (`npm test`, or `npm run engines` beforehand): it writes their addresses
 * to `.souk/test/engines.json`.
 *
 * @throws when there are none, with what to do.
 */
export function testEngines(): TestEngines {
  const file = join(repositoryRoot(process.cwd()), '.souk', 'test', 'engines.json');
  if (!existsSync(file)) throw new Error('no engines for tests: run `npm test`, or `npm run engines` first');
  return addresses.parse(JSON.parse(readFileSync(file, 'utf8')));
}

function repositoryRoot(from: string): string {
  if (existsSync(join(from, 'buf.yaml'))) return from;
  const parent = dirname(from);
  if (parent === from) throw new Error('not inside the repository');
  return repositoryRoot(parent);
}

/** A name of its own for everything that one test file puts into shared engines. */
export function testNamespace(): string {
  return `t${Date.now().toString(36)}${Math.floor(Math.random() * 36 ** 4).toString(36)}`;
}
