import type { Json } from './holes.ts';

/** Keys of the descriptors that limits are looked up by. */
export const COST_KEY = 'cost';
export const PRINCIPAL_KEY = 'principal';
export const ADDRESS_KEY = 'masked_remote_address';

const ROUTE_METADATA = 'souk.edge';

/** Tells a route's cost class to `costOfRoute`. */
export function costMetadata(cost: string): Record<string, Json> {
  return { [ROUTE_METADATA]: { cost } };
}

/** A rate limit action: the route's cost class. */
export function costOfRoute(): Json {
  return {
    metadata: {
      descriptor_key: COST_KEY,
      source: 'ROUTE_ENTRY',
      metadata_key: { key: ROUTE_METADATA, path: [{ key: 'cost' }] },
    },
  };
}

/** A rate limit action: whoever the verified token names; without a token the descriptor is left out. */
export function principal(): Json {
  return {
    metadata: {
      descriptor_key: PRINCIPAL_KEY,
      metadata_key: { key: 'envoy.filters.http.jwt_authn', path: [{ key: 'claims' }, { key: 'sub' }] },
    },
  };
}

/** A rate limit action: the client's address, of which an IPv6 network of 64 bits counts as one. */
export function clientAddress(): Json {
  return { masked_remote_address: { v4_prefix_mask_len: 32, v6_prefix_mask_len: 64 } };
}

/** How `clientAddress` writes one host. */
export function hostNetwork(host: string): string {
  return host.includes(':') ? `${host}/64` : `${host}/32`;
}
