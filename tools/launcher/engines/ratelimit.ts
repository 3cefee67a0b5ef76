import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Cache } from '../cache/cache.ts';
import { answersHttp, waitUntil } from '../processes/health.ts';
import { buildGoCommand } from '../sources/go.ts';
import type { Profile } from '../profile.ts';
import type { EngineContext } from './engine.ts';

const RATELIMIT = 'github.com/envoyproxy/ratelimit/src/service_cmd@v1.4.1-0.20260122083618-3fb702589d36';

/** Gets Envoy's rate limit service into the cache; returns its program. */
export async function ratelimitProgram(cache: Cache): Promise<string> {
  const folder = await cache.entry('ratelimit-20260122', (target) =>
    buildGoCommand(target, cache, RATELIMIT),
  );
  return path.join(folder, 'service_cmd');
}

/**
 * Starts the rate limit service on a Redis and returns its gRPC address, `host:port`, once it is healthy.
 *
 * @param limits - Its configuration file; undefined limits nothing.
 */
export async function startRatelimit(
  context: EngineContext,
  redis: string,
  limits: string | undefined,
): Promise<string> {
  const program = await ratelimitProgram(context.cache);
  const folder = folderOf(context.profile);
  const file = limitsFile(context.profile);
  await rm(folder, { recursive: true, force: true });
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, limits ?? 'domain: souk\ndescriptors: []\n');

  const url = new URL(redis);
  const [port, http, debug] = [
    context.ports.of('ratelimit'),
    context.ports.of('ratelimit-http'),
    context.ports.of('ratelimit-debug'),
  ];
  context.supervisor.start({
    name: 'ratelimit',
    kind: 'edge',
    command: program,
    args: [],
    env: {
      HOST: '127.0.0.1',
      PORT: String(http),
      GRPC_HOST: '127.0.0.1',
      GRPC_PORT: String(port),
      DEBUG_HOST: '127.0.0.1',
      DEBUG_PORT: String(debug),
      REDIS_SOCKET_TYPE: 'tcp',
      REDIS_TYPE: 'SINGLE',
      REDIS_URL: url.host,
      REDIS_AUTH: decodeURIComponent(url.password),
      REDIS_POOL_SIZE: '4',
      REDIS_HEALTH_CHECK_ACTIVE_CONNECTION: 'true',
      USE_STATSD: 'false',
      RUNTIME_ROOT: folder,
      RUNTIME_SUBDIRECTORY: 'souk',
      RUNTIME_APPDIRECTORY: 'config',
      RUNTIME_IGNOREDOTFILES: 'true',
      RUNTIME_WATCH_ROOT: 'false',
      LOG_LEVEL: 'warn',
      LOG_FORMAT: 'json',
      LIMIT_RESPONSE_HEADERS_ENABLED: 'true',
      CACHE_KEY_PREFIX: 'ratelimit:',
      GOMEMLIMIT: '64MiB',
    },
    cwd: folder,
    restart: true,
  });
  await waitUntil('ratelimit', () => answersHttp(`http://127.0.0.1:${String(http)}/healthcheck`), {
    timeoutMs: 30_000,
    isGone: () => context.supervisor.whyGone('ratelimit'),
  });
  return `127.0.0.1:${String(port)}`;
}

/** Where the limits are that the service reads when it starts. */
export function limitsFile(profile: Profile): string {
  return path.join(folderOf(profile), 'souk/config/limits.yaml');
}

function folderOf(profile: Profile): string {
  return path.join(profile.folder, 'ratelimit');
}
