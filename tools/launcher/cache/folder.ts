import os from 'node:os';
import path from 'node:path';
import { needsOtherUser } from '../profile.ts';

/**
 * The folder in which downloaded servers are kept, outside the clone so that every clone shares it.
 *
 * `SOUK_CACHE` overrides it. As root it is a system folder, since the unprivileged user that PostgreSQL and
 * Elasticsearch run as cannot enter root's home.
 */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const chosen = environment['SOUK_CACHE'];
  if (chosen !== undefined && chosen !== '') return path.resolve(chosen);
  if (needsOtherUser()) return '/var/cache/souk';
  return path.join(environment['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache'), 'souk');
}
