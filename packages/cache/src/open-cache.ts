import type { ServiceHost } from '@souk/kernel';
import { Redis, type RedisOptions } from 'ioredis';
import { Invalidations } from './invalidations.ts';
import { reachable } from './reachable.ts';
import { ReadThrough, type ReadThroughOptions } from './read-through.ts';
import { runScript, type Script } from './script.ts';

/** What Redis is to a service: the home of its data, or a helper that may be away. */
export interface CacheOptions {
  /**
   * `store`: the service is not ready while Redis is away. `cache` (the default): it stays ready, and readers fall back on
   * the source.
   */
  readonly role?: 'store' | 'cache';
}

/** A service's own corner of Redis. */
export interface Cache {
  /** The connection; every key is prefixed with `<namespace>:<service>:` by itself. */
  readonly redis: Redis;
  /**
   * Runs a script atomically.
   *
   * @throws DomainError `REDIS_UNAVAILABLE` (unavailable) when the server does not answer; the script may have run.
   */
  run(script: Script, keys: readonly string[], args: readonly (string | number | Buffer)[]): Promise<unknown>;
  /** Makes a cache of values that are loaded from elsewhere. */
  readThrough<T>(options: ReadThroughOptions<T>): ReadThrough<T>;
  /** Closes all connections; called by the host on shutdown. */
  close(): Promise<void>;
}

/** How long one command may take, in milliseconds. Commands take well below one; a stalled server must not hold callers. */
const COMMAND_MS = 500;
const CONNECT_MS = 1_000;
const RECONNECT_MAX_MS = 1_000;

/**
 * Opens Redis for a service. Does not wait for the server: commands fail at once while it is away and work again when it
 * is back. A command whose answer was lost is never sent again by itself, because it may have been carried out.
 */
export function openCache(host: ServiceHost, options: CacheOptions = {}): Cache {
  const prefix = `${host.namespace}:${host.name}:`;
  const connect = (connectionName: string, own: RedisOptions = {}): Redis => {
    const connection = new Redis(host.engines.redis, {
      ...own,
      connectionName,
      connectTimeout: CONNECT_MS,
      commandTimeout: COMMAND_MS,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 1,
      retryStrategy: (attempt) => Math.min(25 * 2 ** attempt, RECONNECT_MAX_MS),
      // After a failover the old primary refuses writes: a new connection finds the new one.
      reconnectOnError: (error) => error.message.startsWith('READONLY'),
    });
    connection.on('error', (error) => host.log.warn({ err: error }, 'redis: connection error'));
    return connection;
  };

  const redis = connect(`${host.namespace}.${host.name}`, { keyPrefix: prefix, enableAutoPipelining: true });
  let invalidations: Invalidations | undefined;

  const close = async (): Promise<void> => {
    await invalidations?.close();
    redis.disconnect();
  };
  host.onStop('connections', close);
  if (options.role === 'store') {
    host.healthCheck('redis', async () => {
      await reachable(redis.ping());
    });
  }
  return {
    redis,
    run: async (script, keys, args) => reachable(runScript(redis, script, keys, args)),
    readThrough: (settings) => {
      invalidations ??= new Invalidations(
        redis,
        connect(`${host.namespace}.${host.name}.invalidations`),
        prefix,
      );
      return new ReadThrough(redis, host.log, invalidations, settings);
    },
    close,
  };
}
