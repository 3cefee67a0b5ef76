import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/** A Lua script that the server runs as one atomic step. */
export interface Script {
  readonly lua: string;
  readonly sha: string;
}

/**
 * Prepares a Lua script. All keys it touches are passed as `KEYS`; they get the service's prefix by themselves.
 * A script that changes data must carry an operation id, so that a caller who lost the answer can safely ask again.
 */
export function defineScript(lua: string): Script {
  return { lua, sha: createHash('sha1').update(lua).digest('hex') };
}

/** Runs a script by its hash, and sends its text once to a server that does not know it yet. */
export async function runScript(
  redis: Redis,
  script: Script,
  keys: readonly string[],
  args: readonly (string | number | Buffer)[],
): Promise<unknown> {
  try {
    return await redis.evalsha(script.sha, keys.length, ...keys, ...args);
  } catch (error) {
    // NOSCRIPT means that nothing was run, so that sending the text is no second try.
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
    return await redis.eval(script.lua, keys.length, ...keys, ...args);
  }
}
