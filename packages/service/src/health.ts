const INTERVAL_MS = 2_000;
const CHECK_TIMEOUT_MS = 1_500;

/** The readiness checks of a service. */
export interface Health {
  add(name: string, check: () => Promise<void>): void;
  /** Names and reasons of the checks that fail now. */
  failing(): Promise<readonly string[]>;
  /** Tells once, as soon as every check has passed. Returns a function that ends the watch. */
  whenReady(onReady: () => void): () => void;
}

/**
 * Collects readiness checks. A started service serves even while a dependency is down, because most of its calls may
 * not need it and each call fails by itself with a clear reason; the checks are for operators and for start-up.
 */
export function createHealth(): Health {
  const checks = new Map<string, () => Promise<void>>();

  const failing = async (): Promise<readonly string[]> => {
    const results = await Promise.all(
      [...checks].map(async ([name, check]) => {
        try {
          await withTimeout(check());
          return undefined;
        } catch (error) {
          return `${name}: ${error instanceof Error ? error.message : String(error)}`;
        }
      }),
    );
    return results.filter((result) => result !== undefined);
  };

  return {
    add: (name, check) => checks.set(name, check),
    failing,
    whenReady(onReady) {
      let done = false;
      const timer = setInterval(() => void look(), INTERVAL_MS);
      const end = (): void => {
        done = true;
        clearInterval(timer);
      };
      const look = async (): Promise<void> => {
        const missing = await failing();
        if (done || missing.length > 0) return;
        end();
        onReady();
      };
      void look();
      return end;
    },
  };
}

async function withTimeout(check: Promise<void>): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('no answer in time')), CHECK_TIMEOUT_MS);
  try {
    await Promise.race([check, promise]);
  } finally {
    clearTimeout(timer);
  }
}
