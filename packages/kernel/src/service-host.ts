import type { Clock } from './clock.ts';

/** Structured logging as pino does it: an object of fields, then a message. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Where the engines are. Each is an address with credentials; nothing else differs between deployments. */
export interface EngineAddresses {
  readonly postgres: string;
  readonly mongodb: string;
  readonly redis: string;
  readonly kafka: readonly string[];
  readonly rabbitmq: string;
  readonly elasticsearch: string;
}

/**
 * When something is stopped on shutdown: first what takes in work (consumers, listeners), then background workers and
 * relays, then connections.
 */
export type StopPhase = 'intake' | 'workers' | 'connections';

/** What a running service offers its adapters. Implemented by `@souk/service`. */
export interface ServiceHost {
  /** The service's name, for example `order`. */
  readonly name: string;
  /** Prefix of everything the service owns in shared engines (databases, topics, queues, indices, keys). */
  readonly namespace: string;
  readonly log: Logger;
  readonly clock: Clock;
  readonly engines: EngineAddresses;
  /** Registers a step of the shutdown; steps of one phase run together. */
  onStop(phase: StopPhase, stop: () => Promise<void>): void;
  /** Registers a readiness check; it throws while the dependency cannot be used. */
  healthCheck(name: string, check: () => Promise<void>): void;
}
