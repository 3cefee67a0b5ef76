import { type ServiceHost, systemClock } from '@souk/kernel';
import { testEngines, testNamespace } from '@souk/testing';

/** A host for one test file; `stop` runs what adapters registered. */
export interface TestHost extends ServiceHost {
  readonly health: Map<string, () => Promise<void>>;
  stop(): Promise<void>;
}

const silent = (): void => undefined;

/** A host with its own namespace; `redis` points it at another address. */
export function testHost(redis: string = testEngines().redis, namespace: string = testNamespace()): TestHost {
  const stops: (() => Promise<void>)[] = [];
  const health = new Map<string, () => Promise<void>>();
  return {
    name: 'test',
    namespace,
    log: { debug: silent, info: silent, warn: silent, error: silent },
    clock: systemClock,
    engines: { ...testEngines(), redis },
    health,
    onStop: (_phase, stop) => {
      stops.push(stop);
    },
    healthCheck: (name, check) => {
      health.set(name, check);
    },
    stop: async () => {
      await Promise.all(stops.map((stop) => stop()));
    },
  };
}
