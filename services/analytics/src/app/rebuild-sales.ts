import { aborted } from '@souk/kernel';
import type { AnalyticsPorts } from './ports.ts';

/** What a rebuild found. */
export interface RebuildResult {
  readonly events: bigint;
  readonly facts: bigint;
  readonly differing: bigint;
}

/**
 * Reads all order facts again, compares what they give with what reports are made from, and unless told otherwise puts
 * that right.
 * @throws DomainError REBUILD_RUNNING
 */
export async function rebuildSales(ports: AnalyticsPorts, validateOnly: boolean): Promise<RebuildResult> {
  const rebuild = await ports.facts.startRebuild();
  if (rebuild === undefined) {
    throw aborted('REBUILD_RUNNING', 'A rebuild is under way.', { retryAfterMs: 10_000 });
  }
  try {
    let events = 0n;
    await ports.log.readAll(async (facts, count) => {
      events += BigInt(count);
      await rebuild.add(facts);
    });
    return { events, ...(await rebuild.finish(validateOnly)) };
  } finally {
    await rebuild.end();
  }
}
