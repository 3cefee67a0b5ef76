import { DomainError } from '@souk/kernel';
import { z } from 'zod';
import type { OperationOutcome, OperationRequest } from '../domain/operation.ts';
import type { Payment } from '../domain/payment.ts';
import { storedMoney as money, storedTime as time, stringify } from './stored-money.ts';

// Operations and their outcomes are kept as JSON: they are read back as a whole and by nobody else. Fields with defaults
// came later than the first rows.

const shares = z.array(z.object({ position: z.number(), amount: money }));

const request = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('authorize'), paymentMethod: z.string() }),
  z.object({ kind: z.literal('capture'), amount: money, keepRemainder: z.boolean().default(false) }),
  z.object({ kind: z.literal('void') }),
  z.object({
    kind: z.literal('refund'),
    amount: money,
    shares: shares.optional(),
    reason: z.string(),
    reference: z.string(),
  }),
]);

/** A refund as it is kept in JSON. */
export const storedRefund = z.object({
  id: z.string(),
  amount: money,
  reason: z.string(),
  reference: z.string(),
  providerReference: z.string(),
  createTime: time,
});

const tender = z.object({
  kind: z.enum(['card', 'gift_card', 'store_credit']),
  amount: money,
  captured: money,
  refunded: money,
  source: z.string(),
  label: z.string(),
});

const payment = z
  .object({
    id: z.string(),
    orderId: z.string(),
    customerId: z.string(),
    purpose: z.enum(['checkout', 'edit', 'exchange', 'unmatched']).default('checkout'),
    reference: z.string().default(''),
    state: z.enum([
      'pending',
      'requires_action',
      'in_review',
      'authorized',
      'partially_captured',
      'captured',
      'partially_refunded',
      'refunded',
      'voided',
      'failed',
    ]),
    amount: money,
    captured: money,
    refunded: money,
    released: money.optional(),
    tenders: z.array(tender).optional(),
    provider: z.string(),
    providerReference: z.string(),
    declineCode: z.string(),
    screening: z.enum(['allow', 'review', 'decline']).default('allow'),
    action: z.object({ redirectUrl: z.string(), expireTime: time }).optional(),
    captures: z
      .array(z.object({ amount: money, providerReference: z.string(), createTime: time }))
      .default([]),
    refunds: z.array(storedRefund),
    version: z.string().transform(BigInt),
    createTime: time,
    updateTime: time,
  })
  .transform(
    ({ amount, captured, refunded, ...it }): Payment => ({
      ...it,
      amount,
      captured,
      refunded,
      released: it.released ?? amount.minus(amount),
      tenders: it.tenders ?? [{ kind: 'card', amount, captured, refunded, source: '', label: '' }],
      action: it.action && { ...it.action, clientSecret: '' },
    }),
  );

/** A refusal as it is kept in JSON. */
export const storedRefusal = z
  .object({
    kind: z.enum(['precondition', 'invalid', 'not-found']),
    reason: z.string(),
    message: z.string(),
    metadata: z.record(z.string(), z.string()),
  })
  .transform((it) => new DomainError(it.kind, it.reason, it.message, { metadata: it.metadata }));

const outcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('done'), result: z.object({ payment, refundId: z.string() }) }),
  z.object({ kind: z.literal('refused'), refusal: storedRefusal }),
]);

/** A request as it is stored. */
export function storedRequest(it: OperationRequest): string {
  return stringify(it);
}

/** Reads a stored request. */
export function readRequest(stored: unknown): OperationRequest {
  const read = request.parse(stored);
  if (read.kind !== 'refund') return read;
  return { ...read, shares: read.shares ?? [{ position: 0, amount: read.amount }] };
}

/** An outcome as it is stored; the payer's secret is left out. */
export function storedOutcome(it: OperationOutcome): string {
  if (it.kind === 'refused') return stringify({ kind: it.kind, refusal: refusalJson(it.refusal) });
  const { action } = it.result.payment;
  if (action === undefined) return stringify(it);
  const { redirectUrl, expireTime } = action;
  const result = { ...it.result, payment: { ...it.result.payment, action: { redirectUrl, expireTime } } };
  return stringify({ kind: it.kind, result });
}

/** A refusal for the store. */
export function refusalJson({ kind, reason, message, metadata }: DomainError): object {
  return { kind, reason, message, metadata };
}

/** Reads a stored outcome. */
export function readOutcome(stored: unknown): OperationOutcome {
  return outcome.parse(stored);
}
