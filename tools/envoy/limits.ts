import { readFileSync } from 'node:fs';
import type { CostClassName } from '@souk/gen/edge';
import { parse } from 'yaml';
import { z } from 'zod';
import { RATE_LIMIT } from './clusters.ts';
import type { Json } from './holes.ts';
import { clientAddress } from './routes.ts';
import type { EdgeSettings } from './settings.ts';

/** The rate limit service's name for our limits, in its configuration and in Envoy's. */
const DOMAIN = 'souk';

const limit = z.strictObject({
  requests: z.int().positive(),
  per: z.enum(['second', 'minute', 'hour', 'day']),
});

const classLimits = z.strictObject({ principal: limit, address: limit });

const limits = z.strictObject({
  classes: z.strictObject({
    READ: classLimits,
    SEARCH: classLimits,
    WRITE: classLimits,
    CHECKOUT: classLimits,
    CREDENTIAL: classLimits,
    STREAM: classLimits,
  } satisfies Record<CostClassName, typeof classLimits>),
  local: z.strictObject({ address: limit.extend({ burst: z.int().positive() }) }),
});

/** The content of `envoy/limits.yaml`. */
export type Limits = z.infer<typeof limits>;

/** Reads `envoy/limits.yaml`. Throws a ZodError that names what is wrong. */
export function readLimits(): Limits {
  return limits.parse(parse(readFileSync(new URL('../../envoy/limits.yaml', import.meta.url), 'utf8')));
}

/**
 * The rate limit service's configuration file.
 *
 * @param unlimitedAddresses client addresses that no limit by address holds back
 */
export function renderRateLimitConfig({ classes }: Limits, unlimitedAddresses: readonly string[]): Json {
  return {
    domain: DOMAIN,
    descriptors: Object.entries(classes).map(([cost, { principal, address }]) => ({
      key: 'cost',
      value: cost,
      descriptors: [
        { key: 'principal', rate_limit: rateOf(principal) },
        { key: 'masked_remote_address', rate_limit: rateOf(address) },
        ...unlimitedAddresses.map((host) => ({
          key: 'masked_remote_address',
          value: hostNetwork(host),
          rate_limit: { unlimited: true },
        })),
      ],
    })),
  };
}

/** Envoy's filter that asks the rate limit service; undefined when there is none. Fails open. */
export function renderGlobalLimit({ rateLimit }: EdgeSettings): Json {
  return rateLimit === undefined
    ? undefined
    : {
        name: 'envoy.filters.http.ratelimit',
        typed_config: {
          '@type': 'type.googleapis.com/envoy.extensions.filters.http.ratelimit.v3.RateLimit',
          domain: DOMAIN,
          timeout: '0.1s',
          failure_mode_deny: false,
          rate_limited_as_resource_exhausted: true,
          enable_x_ratelimit_headers: 'DRAFT_VERSION_03',
          rate_limit_service: {
            transport_api_version: 'V3',
            grpc_service: { envoy_grpc: { cluster_name: RATE_LIMIT } },
          },
        },
      };
}

/** Envoy's own filter: one token bucket per client address in each Envoy. */
export function renderLocalLimit({ local }: Limits, unlimitedAddresses: readonly string[]): Json {
  const key = 'masked_remote_address';
  const { requests, per, burst } = local.address;
  const bucket = { max_tokens: burst, tokens_per_fill: requests, fill_interval: SECONDS[per] };
  const endless = { max_tokens: 1_000_000, tokens_per_fill: 1_000_000, fill_interval: '1s' };
  return {
    name: 'envoy.filters.http.local_ratelimit',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit',
      stat_prefix: 'edge_local',
      filter_enabled: { default_value: { numerator: 100 } },
      filter_enforced: { default_value: { numerator: 100 } },
      rate_limited_as_resource_exhausted: true,
      // Whoever matches no descriptor; nobody does, as everybody has an address.
      token_bucket: endless,
      rate_limits: [{ actions: [clientAddress()] }],
      max_dynamic_descriptors: 100_000,
      descriptors: [
        ...unlimitedAddresses.map((host) => ({
          entries: [{ key, value: hostNetwork(host) }],
          token_bucket: endless,
        })),
        { entries: [{ key }], token_bucket: bucket },
      ],
    },
  };
}

const SECONDS = { second: '1s', minute: '60s', hour: '3600s', day: '86400s' } as const;

function rateOf({ requests, per }: z.infer<typeof limit>): Json {
  return { unit: per, requests_per_unit: requests };
}

/** How `masked_remote_address` writes one host. */
function hostNetwork(host: string): string {
  return host.includes(':') ? `${host}/64` : `${host}/32`;
}
