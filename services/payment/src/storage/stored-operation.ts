import { DomainError, Money } from '@souk/kernel';
import { z } from 'zod';
import type { OperationOutcome, OperationRequest } from '../domain/operation.ts';
import type { Payment } from '../domain/payment.ts';

// Operations and their outcomes are kept as JSON: they are read back as a whole and by nobody else.

const money = z
  .object({ currency: z.string(), minor: z.string() })
  .transform((it) => Money.of(it.currency, BigInt(it.minor)));
const time = z.iso.datetime().transform((it) => new Date(it));

const request = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('authorize'), paymentMethod: z.string() }),
  z.object({ kind: z.literal('capture'), amount: money }),
  z.object({ kind: z.literal('void') }),
  z.object({ kind: z.literal('refund'), amount: money, reason: z.string(), reference: z.string() }),
]);

const payment: z.ZodType<Payment> = z.object({
  id: z.string(),
  orderId: z.string(),
  customerId: z.string(),
  state: z.enum(['pending', 'authorized', 'captured', 'partially_refunded', 'refunded', 'voided', 'failed']),
  amount: money,
  captured: money,
  refunded: money,
  provider: z.string(),
  providerReference: z.string(),
  declineCode: z.string(),
  refunds: z.array(
    z.object({
      id: z.string(),
      amount: money,
      reason: z.string(),
      reference: z.string(),
      providerReference: z.string(),
      createTime: time,
    }),
  ),
  version: z.string().transform(BigInt),
  createTime: time,
  updateTime: time,
});

const refusal = z
  .object({
    kind: z.enum(['precondition', 'invalid', 'not-found']),
    reason: z.string(),
    message: z.string(),
    metadata: z.record(z.string(), z.string()),
  })
  .transform((it) => new DomainError(it.kind, it.reason, it.message, { metadata: it.metadata }));

const outcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('done'), result: z.object({ payment, refundId: z.string() }) }),
  z.object({ kind: z.literal('refused'), refusal }),
]);

/** A request as it is stored. */
export function storedRequest(it: OperationRequest): string {
  return stringify(it);
}

/** Reads a stored request. */
export function readRequest(stored: unknown): OperationRequest {
  return request.parse(stored);
}

/** An outcome as it is stored. */
export function storedOutcome(it: OperationOutcome): string {
  if (it.kind === 'done') return stringify(it);
  const { kind, reason, message, metadata } = it.refusal;
  return stringify({ kind: it.kind, refusal: { kind, reason, message, metadata } });
}

/** Reads a stored outcome. */
export function readOutcome(stored: unknown): OperationOutcome {
  return outcome.parse(stored);
}

function stringify(value: unknown): string {
  return JSON.stringify(value, (_key, it: unknown) => {
    if (it instanceof Money) return { currency: it.currency, minor: it.minor.toString() };
    return typeof it === 'bigint' ? it.toString() : it;
  });
}
