import { type ServiceHost, systemClock } from '@souk/kernel';
import { readEngines, readPlatform } from '../../../support/platform.ts';

/** A host on the platform's engines that is none of its services, and how to close what it opened. */
export interface OutsideHost extends ServiceHost {
  close(): Promise<void>;
}

/** Stands outside of the platform, in its namespace unless another one is given. */
export function outsideHost(namespace = readPlatform().namespace): OutsideHost {
  const stops: (() => Promise<void>)[] = [];
  const silent = (): void => undefined;
  return {
    name: 'faults',
    namespace,
    engines: readEngines(),
    clock: systemClock,
    log: { debug: silent, info: silent, warn: silent, error: silent },
    onStop: (_, stop) => void stops.push(stop),
    healthCheck: silent,
    async close() {
      for (const stop of stops) await stop();
    },
  };
}
