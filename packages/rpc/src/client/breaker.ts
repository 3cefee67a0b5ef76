import { Code, ConnectError } from '@connectrpc/connect';
import { unavailable } from '@souk/kernel';
import { BrokenCircuitError, circuitBreaker, handleWhen, SamplingBreaker } from 'cockatiel';

const HALF_OPEN_AFTER_MS = 1_000;

/** Runs calls to one target, and refuses them at once while the target is failing. */
export interface Breaker {
  execute<T>(call: () => Promise<T>): Promise<T>;
}

/** Opens when half of at least 10 calls a second over 5 s found nobody or no answer in time; tries again after 1 s. */
export function targetBreaker(service: string): Breaker {
  const policy = circuitBreaker(
    handleWhen(
      (error) =>
        error instanceof ConnectError &&
        (error.code === Code.Unavailable || error.code === Code.DeadlineExceeded),
    ),
    {
      halfOpenAfter: HALF_OPEN_AFTER_MS,
      breaker: new SamplingBreaker({ threshold: 0.5, duration: 5_000, minimumRps: 10 }),
    },
  );
  return {
    async execute(call) {
      try {
        return await policy.execute(call);
      } catch (error) {
        if (!(error instanceof BrokenCircuitError)) throw error;
        throw unavailable('DEPENDENCY_UNAVAILABLE', `${service} is not answering.`, {
          metadata: { service },
          retryAfterMs: HALF_OPEN_AFTER_MS,
        });
      }
    },
  };
}
