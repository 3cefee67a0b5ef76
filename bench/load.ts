/** What a load run did. Latencies are in milliseconds. */
export interface LoadResult {
  readonly calls: number;
  readonly failures: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** How much load, for how long. */
export interface LoadOptions {
  /** Calls under way at once (a closed loop). */
  readonly inFlight: number;
  readonly seconds: number;
}

/** Repeats a call from several loops until time is up; failures are counted, not thrown. */
export async function load(
  call: () => Promise<unknown>,
  { inFlight, seconds }: LoadOptions,
): Promise<LoadResult> {
  const latencies: number[] = [];
  let failures = 0;
  const startedAt = performance.now();
  const end = startedAt + seconds * 1_000;
  const loop = async (): Promise<void> => {
    while (performance.now() < end) {
      const before = performance.now();
      try {
        await call();
        latencies.push(performance.now() - before);
      } catch {
        failures += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: inFlight }, loop));
  const elapsed = (performance.now() - startedAt) / 1_000;
  latencies.sort((a, b) => a - b);
  const quantile = (q: number): number =>
    latencies[Math.min(latencies.length - 1, Math.floor(q * latencies.length))] ?? Number.NaN;
  return {
    calls: latencies.length,
    failures,
    perSecond: latencies.length / elapsed,
    p50: quantile(0.5),
    p95: quantile(0.95),
    p99: quantile(0.99),
  };
}
