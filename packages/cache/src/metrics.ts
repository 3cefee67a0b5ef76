import { Counter, register } from 'prom-client';

/** Where a cached read was answered. */
export type ReadSource = 'process' | 'redis' | 'source';

const NAME = 'souk_cache_reads_total';

/** Values read through caches, by where they were found: the hit rate is what did not come from the source. */
const reads: Counter<'cache' | 'source'> = counter();

function counter(): Counter<'cache' | 'source'> {
  const known = register.getSingleMetric(NAME);
  if (known instanceof Counter) return known;
  return new Counter({
    name: NAME,
    help: 'Values read through caches, by where they were found',
    labelNames: ['cache', 'source'],
  });
}

/** Counts the reads of one cache. Looks its labels up once, because this is on the path of every read. */
export function readRecorder(cache: string): (source: ReadSource, amount?: number) => void {
  const children = {
    process: reads.labels({ cache, source: 'process' }),
    redis: reads.labels({ cache, source: 'redis' }),
    source: reads.labels({ cache, source: 'source' }),
  };
  return (source, amount = 1) => {
    if (amount > 0) children[source].inc(amount);
  };
}
