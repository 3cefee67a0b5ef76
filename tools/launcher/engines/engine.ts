import type { Cache } from '../cache/cache.ts';
import type { PortPlan } from '../ports.ts';
import type { Supervisor } from '../processes/supervisor.ts';
import type { Profile } from '../profile.ts';
import type { Secrets } from '../secrets.ts';

/** The servers that services are given addresses of. */
export const ENGINE_NAMES = ['postgres', 'mongodb', 'redis', 'kafka', 'rabbitmq', 'elasticsearch'] as const;

/** One of the servers that services are given addresses of. */
export type EngineName = (typeof ENGINE_NAMES)[number];

/** What an engine is started with. */
export interface EngineContext {
  readonly profile: Profile;
  readonly cache: Cache;
  readonly ports: PortPlan;
  readonly secrets: Secrets;
  readonly supervisor: Supervisor;
  /** Survives a power cut (fsync on). Off where data is thrown away after the run. */
  readonly durable: boolean;
}

/** A server that runs as child process, without Docker. */
export interface NativeEngine {
  readonly name: string;
  /** Gets everything the engine needs into the cache; quick when it is there. */
  fetch(cache: Cache): Promise<void>;
  /** Starts the engine and returns its address once it is healthy. */
  start(context: EngineContext): Promise<string>;
}
