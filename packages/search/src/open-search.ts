import { Client } from '@elastic/elasticsearch';
import type { ServiceHost } from '@souk/kernel';

/** A connection to Elasticsearch and the prefix of what the service owns there. */
export interface Search {
  readonly client: Client;
  /** Every index and alias of the service starts with `<namespace>-<service>-`. */
  readonly prefix: string;
}

/** How long one request may take, in milliseconds; bulk writes state their own. */
const REQUEST_MS = 2_000;

/**
 * Opens the connection and registers its closing with the host. Registers no health check: an index is a copy that can be
 * rebuilt, and whoever reads it must have another answer when it is away.
 */
export function openSearch(host: ServiceHost): Search {
  const client = new Client({
    node: host.engines.elasticsearch,
    requestTimeout: REQUEST_MS,
    maxRetries: 1,
    name: `${host.namespace}.${host.name}`,
  });
  host.onStop('connections', async () => client.close());
  return { client, prefix: `${host.namespace}-${host.name}-`.replaceAll('_', '-').toLowerCase() };
}
