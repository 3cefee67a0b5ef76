import {
  ADDRESS_KEY,
  COST_KEY,
  clientAddress,
  costOfRoute,
  hostNetwork,
  PRINCIPAL_KEY,
  principal,
} from './descriptors.ts';
import type { Json } from './holes.ts';
import type { Limit, Limits } from './limits.ts';
import { classesHeld } from './limits.ts';

const SECONDS = { second: 1, minute: 60, hour: 3_600, day: 86_400 } as const;

/** A bucket that is never empty. The filter wants one for whoever matches no descriptor, which nobody does. */
const ENDLESS: Json = { max_tokens: 1_000_000_000, tokens_per_fill: 1_000_000_000, fill_interval: '1s' };

/** Most principals and addresses that are told apart at a time; the least recent give way. */
const MAX_BUCKETS = 100_000;

/** Envoy's own filter: buckets in each Envoy, one per address, and per address and principal for classes held apart. */
export function renderLocalLimit(limits: Limits, unlimitedAddresses: readonly string[]): Json {
  const { address } = limits.local;
  return {
    name: 'envoy.filters.http.local_ratelimit',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit',
      stat_prefix: 'edge_local',
      filter_enabled: { default_value: { numerator: 100 } },
      filter_enforced: { default_value: { numerator: 100 } },
      rate_limited_as_resource_exhausted: true,
      response_headers_to_add: [{ header: { key: 'retry-after', value: '1' } }],
      token_bucket: ENDLESS,
      max_dynamic_descriptors: MAX_BUCKETS,
      rate_limits: [
        { actions: [clientAddress()] },
        { actions: [costOfRoute(), principal()] },
        { actions: [costOfRoute(), clientAddress()] },
      ],
      // An entry without a value stands for each value by itself.
      descriptors: [
        ...perAddress([], bucket(address, address.burst), unlimitedAddresses),
        ...classesHeld(limits, 'apart').flatMap(([cost, by]) => [
          {
            entries: [{ key: COST_KEY, value: cost }, { key: PRINCIPAL_KEY }],
            token_bucket: bucket(by.principal),
          },
          ...perAddress([{ key: COST_KEY, value: cost }], bucket(by.address), unlimitedAddresses),
        ]),
      ],
    },
  };
}

function perAddress(prefix: readonly Json[], tokens: Json, unlimitedAddresses: readonly string[]): Json[] {
  return [
    ...unlimitedAddresses.map((host) => ({
      entries: [...prefix, { key: ADDRESS_KEY, value: hostNetwork(host) }],
      token_bucket: ENDLESS,
    })),
    { entries: [...prefix, { key: ADDRESS_KEY }], token_bucket: tokens },
  ];
}

function bucket({ requests, per }: Limit, burst = requests): Json {
  return { max_tokens: burst, tokens_per_fill: requests, fill_interval: `${String(SECONDS[per])}s` };
}
