import { type ServiceHost, systemClock } from '@souk/kernel';
import type { TestService } from '@souk/testing';

/** A host with which a test opens adapters of its own beside a running service. */
export function hostBeside(service: TestService, name: string): ServiceHost {
  const silent = (): void => undefined;
  return {
    name,
    namespace: service.namespace,
    clock: systemClock,
    log: { debug: silent, info: silent, warn: silent, error: silent },
    engines: service.engines,
    onStop: silent,
    healthCheck: silent,
  };
}
