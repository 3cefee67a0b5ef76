import type { DescService } from '@bufbuild/protobuf';
import { createServiceImplSpec, type ServiceImpl, type ServiceImplSpec } from '@connectrpc/connect';

/**
 * Binds handlers to the contract they implement. A method without a handler answers UNIMPLEMENTED, which only tests'
 * fakes should have.
 */
export function implement<Desc extends DescService>(
  service: Desc,
  handlers: Partial<ServiceImpl<Desc>>,
): ServiceImplSpec {
  return createServiceImplSpec(service, handlers);
}
