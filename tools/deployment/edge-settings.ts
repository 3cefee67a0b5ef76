import type { EdgeSettings } from '../envoy/settings.ts';
import { EDGE_PORT, GRPC_PORT, OPS_PORT, RATELIMIT_PORT } from './ports.ts';

/** Where the edge's own files are in its container. */
export const EDGE_FOLDER = '/etc/souk';

/** The edge in Compose or Kubernetes: services are DNS names that resolve to all their replicas. */
export function containerEdge(services: readonly string[], issuer: string): EdgeSettings {
  return {
    listen: { host: '0.0.0.0', port: EDGE_PORT },
    admin: { host: '127.0.0.1', port: 9901 },
    services: Object.fromEntries(services.map((service) => [service, [{ host: service, port: GRPC_PORT }]])),
    identityHttp: [{ host: 'identity', port: OPS_PORT }],
    rateLimit: [{ host: 'ratelimit', port: RATELIMIT_PORT }],
    issuer,
    descriptorPath: `${EDGE_FOLDER}/transcoding.binpb`,
    accessLogPath: '/dev/stdout',
    corsOrigins: ['http://localhost:*'],
    unlimitedAddresses: [],
    trustedHops: 0,
    maxHeapBytes: 384 * 1024 * 1024,
  };
}
