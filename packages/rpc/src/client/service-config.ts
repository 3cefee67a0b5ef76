import type { DescService } from '@bufbuild/protobuf';
import { policyOf } from '../policy.ts';

const RETRY_POLICY = {
  maxAttempts: 3,
  initialBackoff: '0.05s',
  maxBackoff: '0.5s',
  backoffMultiplier: 2,
  retryableStatusCodes: ['UNAVAILABLE'],
};

/**
 * The gRPC service config of a contract (https://github.com/grpc/grpc/blob/master/doc/service_config.md): round robin
 * over replicas, retries only where the contract makes them safe, and a retry budget, so that a dead target is tried
 * at most about a tenth more often than it is called.
 */
export function serviceConfig(service: DescService): string {
  const names = service.methods
    .filter((method) => policyOf(method).retrySafe)
    .map((method) => ({ service: service.typeName, method: method.name }));
  return JSON.stringify({
    loadBalancingConfig: [{ round_robin: {} }],
    methodConfig: names.length === 0 ? [] : [{ name: names, retryPolicy: RETRY_POLICY }],
    retryThrottling: { maxTokens: 10, tokenRatio: 0.1 },
  });
}
