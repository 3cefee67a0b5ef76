import type { EdgeMethod } from '@souk/gen/edge';
import { RATE_LIMIT } from './clusters.ts';
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
import type { EdgeSettings } from './settings.ts';

/** The rate limit service's name for our limits, in its configuration and in Envoy's. */
const DOMAIN = 'souk';

/**
 * The rate limit service's configuration file: the classes that are held together.
 *
 * @param unlimitedAddresses client addresses that no limit by address holds back
 */
export function renderRateLimitConfig(limits: Limits, unlimitedAddresses: readonly string[]): Json {
  return {
    domain: DOMAIN,
    descriptors: classesHeld(limits, 'together').map(([cost, by]) => ({
      key: COST_KEY,
      value: cost,
      descriptors: [
        { key: PRINCIPAL_KEY, rate_limit: rateOf(by.principal) },
        { key: ADDRESS_KEY, rate_limit: rateOf(by.address) },
        ...unlimitedAddresses.map((host) => ({
          key: ADDRESS_KEY,
          value: hostNetwork(host),
          rate_limit: { unlimited: true },
        })),
      ],
    })),
  };
}

/** Envoy's filter that asks the rate limit service; undefined when there is none. Fails open. */
export function renderGlobalLimit({ rateLimit }: EdgeSettings): Json {
  if (rateLimit === undefined) {
    return undefined;
  }
  return {
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

/** What a route asks the rate limit service: its class by principal and by address; nothing when held apart. */
export function globalLimitsOf({ cost }: Pick<EdgeMethod, 'cost'>, { classes }: Limits): Json {
  return classes[cost].held === 'apart'
    ? undefined
    : [{ actions: [costOfRoute(), principal()] }, { actions: [costOfRoute(), clientAddress()] }];
}

function rateOf({ requests, per }: Limit): Json {
  return { unit: per, requests_per_unit: requests };
}
