import type { DescMethod, Message } from '@bufbuild/protobuf';
import { create } from '@bufbuild/protobuf';
import { pathToString } from '@bufbuild/protobuf/reflect';
import { createValidator } from '@bufbuild/protovalidate';
import { DomainError } from '@souk/kernel';

const validator = createValidator();

/**
 * Refuses a request that breaks the contract's `buf.validate` rules.
 *
 * @throws DomainError `VALIDATION_FAILED` naming every field and why.
 */
export function validateRequest(method: DescMethod, request: Message): void {
  const result = validator.validate(method.input, request);
  if (result.kind === 'valid') return;
  if (result.kind === 'error') throw result.error;
  const violations = result.violations.map((violation) => ({
    field: pathToString(violation.field),
    description: violation.message,
  }));
  const [first] = violations;
  throw new DomainError(
    'invalid',
    'VALIDATION_FAILED',
    `Invalid request: ${first?.field || 'message'}: ${first?.description}.`,
    {
      violations,
    },
  );
}

/** Compiles the rules of every request type, so that the first caller does not pay for it. */
export function warmValidation(methods: readonly DescMethod[]): void {
  for (const method of methods) validator.validate(method.input, create(method.input));
}
