import { expect, it } from '@jest/globals';
import { BadRequestSchema } from '@souk/gen/google/rpc/error_details_pb';
import { DomainError } from '@souk/kernel';
import { toConnectError } from './to-connect-error.ts';

it('tells no more violations than trailers hold', () => {
  const violations = Array.from({ length: 1_000 }, (_, index) => ({
    field: `lines[${String(index)}].sku`,
    description: 'must be at least 1 characters',
  }));
  const thrown = new DomainError('invalid', 'VALIDATION_FAILED', 'Invalid.', { violations });
  const detail = toConnectError(thrown, 'order').error.details.find(
    (each) => 'desc' in each && each.desc === BadRequestSchema,
  );
  expect(detail).toMatchObject({ value: { fieldViolations: violations.slice(0, 20) } });
});
