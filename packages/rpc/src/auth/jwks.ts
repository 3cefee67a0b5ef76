import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';

const REFRESH_MS = 60_000;
const UNKNOWN_KEY_REFRESH_MS = 2_000;
const FETCH_TIMEOUT_MS = 2_000;

const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string() })).max(32) });

/**
 * Public keys fetched from a URL: refreshed every minute in the background, at once (at most every two seconds) when
 * a token names an unknown key, and kept when the source cannot be reached, so that an outage of identity does not
 * sign everyone out. Keys that identity withdrew stop being accepted at the next refresh.
 */
export function remoteKeys(url: string): JWTVerifyGetKey {
  let resolve: ReturnType<typeof createLocalJWKSet> | undefined;
  let fetchedAt = 0;
  let pending: Promise<void> | undefined;

  const refresh = (): Promise<void> => {
    pending ??= fetchKeys(url)
      .then((keys) => {
        resolve = createLocalJWKSet(keys);
      })
      .finally(() => {
        fetchedAt = Date.now();
        pending = undefined;
      });
    return pending;
  };

  return async (header, token) => {
    if (resolve === undefined) await refresh();
    else if (Date.now() - fetchedAt > REFRESH_MS) refresh().catch(() => undefined);
    if (resolve === undefined) throw new TypeError(`no keys from ${url}`);
    try {
      return await resolve(header, token);
    } catch (error) {
      if (Date.now() - fetchedAt < UNKNOWN_KEY_REFRESH_MS) throw error;
      await refresh().catch(() => undefined);
      return await resolve(header, token);
    }
  };
}

async function fetchKeys(url: string): Promise<JSONWebKeySet> {
  const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
  if (!response.ok) throw new TypeError(`${url} answered ${response.status}`);
  return keySet.parse(await response.json());
}
