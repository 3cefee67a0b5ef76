import { Counter, register } from 'prom-client';

/** Where a cached read was answered. */
export type ReadSource = 'process' | 'redis' | 'source';

const NAME = 'souk_cache_reads_total';

/** Values read through caches, by where they were found: the hit rate is what did not come from the source. */
export const reads: Counter<'cache' | 'source'> = counter();

function counter(): Counter<'cache' | 'source'> {
  const known = register.getSingleMetric(NAME);
  if (known instanceof Counter) return known;
  return new Counter({
    name: NAME,
    help: 'Values read through caches, by where they were found',
    labelNames: ['cache', 'source'],
  });
}
