import type { Logger, StopPhase } from '@souk/kernel';

const PHASES: readonly StopPhase[] = ['intake', 'workers', 'connections'];

/** What must be undone when a service stops. */
export interface Lifecycle {
  onStop(phase: StopPhase, stop: () => Promise<void>): void;
  /** Runs everything registered, phase by phase; a step that fails is logged and the rest still runs. */
  stop(): Promise<void>;
}

/** Collects the steps of a shutdown. */
export function createLifecycle(log: Logger): Lifecycle {
  const steps: Record<StopPhase, (() => Promise<void>)[]> = { intake: [], workers: [], connections: [] };
  return {
    onStop: (phase, stop) => steps[phase].push(stop),
    async stop() {
      for (const phase of PHASES) {
        // Last opened is first closed, and nothing runs twice.
        const running = steps[phase].splice(0).reverse();
        for (const result of await Promise.allSettled(running.map((stop) => stop()))) {
          if (result.status === 'rejected')
            log.warn(
              { err: new Error('stop', { cause: result.reason }), phase },
              'a step of the shutdown failed',
            );
        }
      }
    },
  };
}
