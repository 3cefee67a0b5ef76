import type { Cache } from '../cache/cache.ts';
import type { Progress } from '../progress.ts';
import { elasticsearch } from './elasticsearch.ts';
import { ENGINE_NAMES, type EngineContext, type EngineName, type NativeEngine } from './engine.ts';
import { envoyProgram } from './envoy.ts';
import { kafka } from './kafka.ts';
import { mongodb } from './mongodb.ts';
import { postgres } from './postgres.ts';
import { rabbitmq } from './rabbitmq.ts';
import { ratelimitProgram } from './ratelimit.ts';
import { redis } from './redis.ts';

const ENGINES: Readonly<Record<EngineName, NativeEngine>> = {
  postgres,
  mongodb,
  redis,
  kafka,
  rabbitmq,
  elasticsearch,
};

/** Address of each engine, as its client takes it. */
export type EngineAddresses = Readonly<Record<EngineName, string>>;

/** Gets the edge's programs into the cache. */
export async function fetchEdge(cache: Cache, progress: Progress): Promise<void> {
  await settleAll([
    progress.step('get envoy', () => envoyProgram(cache)),
    progress.step('get ratelimit', () => ratelimitProgram(cache)),
  ]);
}

/** Starts the named engines at once, each as soon as it is in the cache; returns their addresses. */
export async function startNative(
  context: EngineContext,
  engines: readonly EngineName[],
  progress: Progress,
): Promise<Partial<EngineAddresses>> {
  const started = engines.map(async (name) => {
    const engine = ENGINES[name];
    await progress.step(`get ${name}`, () => engine.fetch(context.cache));
    return [name, await progress.step(`start ${name}`, () => engine.start(context))] as const;
  });
  return Object.fromEntries(await settleAll(started));
}

/** The addresses when every engine has one. */
export function requireAll(addresses: Partial<EngineAddresses>): EngineAddresses {
  const {
    postgres: sql,
    mongodb: documents,
    redis: cache,
    kafka: log,
    rabbitmq: queue,
    elasticsearch: search,
  } = addresses;
  const missing = ENGINE_NAMES.filter((name) => addresses[name] === undefined);
  if (!sql || !documents || !cache || !log || !queue || !search)
    throw new Error(`no address of ${missing.join(', ')}`);
  return {
    postgres: sql,
    mongodb: documents,
    redis: cache,
    kafka: log,
    rabbitmq: queue,
    elasticsearch: search,
  };
}

/** Waits for all, so that nothing is still starting when the first failure is reported. */
async function settleAll<T>(work: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(work);
  const failures = results.flatMap((each) => (each.status === 'rejected' ? [messageOf(each.reason)] : []));
  if (failures.length > 0) throw new Error(failures.join('\n'));
  return results.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
}

function messageOf(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}
