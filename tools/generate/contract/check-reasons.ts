import type { DescEnum, Registry } from '@bufbuild/protobuf';
import type { Contract, ServiceContract } from './contract.ts';

const PLATFORM_REASONS = 'souk.errors.v1.PlatformErrorReason';
const REASON = /\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g;

/**
 * Checks that the reasons which comments promise (`Fails with: …`) exist: in the service's own `<Service>ErrorReason` or
 * among the platform's.
 */
export function checkReasons(contract: Contract): string[] {
  const platform = reasonsOf(contract.registry, PLATFORM_REASONS);
  return contract.services.flatMap((service) => {
    const own = new Set(reasonEnumsOf(service).flatMap((name) => [...reasonsOf(contract.registry, name)]));
    return service.methods.flatMap((method) =>
      promisedReasons(contract.comments(method.desc))
        .filter((reason) => !own.has(reason) && !platform.has(reason))
        .map((reason) => `${method.fullName}: its comment promises ${reason}, which no enum of reasons has`),
    );
  });
}

/** The constants after `Fails with:`, without the metadata in parentheses. */
export function promisedReasons(comment: string): string[] {
  const [, promise = ''] = comment.replaceAll('\n', ' ').split('Fails with:');
  return promise.replace(/\([^)]*\)/g, '').match(REASON) ?? [];
}

/** `souk.payment.v1.FraudService` → `FraudErrorReason` and, for all services of the package, `PaymentErrorReason`. */
function reasonEnumsOf({ name, desc }: ServiceContract): string[] {
  const folder = desc.typeName.slice(0, desc.typeName.lastIndexOf('.'));
  const shared = `${folder}.${name.charAt(0).toUpperCase()}${name.slice(1)}ErrorReason`;
  return [desc.typeName.replace(/Service$/, 'ErrorReason'), shared];
}

function reasonsOf(registry: Registry, typeName: string): ReadonlySet<string> {
  const found = registry.getEnum(typeName);
  return new Set(found?.values.map((value) => value.name.slice(prefixOf(found).length)) ?? []);
}

/** What protobuf's style puts before each value: `ORDER_ERROR_REASON_` for `OrderErrorReason`. */
function prefixOf({ name }: DescEnum): string {
  return `${name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()}_`;
}
