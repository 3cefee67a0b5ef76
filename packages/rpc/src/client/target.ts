import { isIPv4 } from 'node:net';

/**
 * The grpc-js target of a service's address: `host:port` is resolved by DNS, so that a headless service's replicas are
 * all used; a comma-separated list of IPv4 addresses is used as it is.
 */
export function targetOf(address: string): string {
  const parts = address.split(',').map((part) => part.trim());
  const numeric = parts.every((part) => isIPv4(part.slice(0, part.lastIndexOf(':'))));
  return numeric ? `ipv4:${parts.join(',')}` : `dns:///${parts[0] ?? ''}`;
}
