import { aborted, DomainError, invalid, type Money, precondition } from '@souk/kernel';
import type { RefundPart } from '../domain/order-refund.ts';
import { planRefund } from '../domain/order-refund.ts';
import { amountToRefund } from '../domain/payment.ts';
import { carryOut } from './carry-out.ts';
import { paymentNotFound } from './get-payment.ts';
import type { OperationKey, PaidBack, PaymentPorts, RefundPlan, RefundPlanOutcome } from './ports.ts';

/** What an order gives back. */
export interface OrderRefund {
  readonly orderId: string;
  readonly amount: Money;
  readonly reason: string;
  /** The caller's own reference. */
  readonly reference: string;
}

const FINAL_KINDS: ReadonlySet<string> = new Set(['precondition', 'invalid', 'not-found']);

/**
 * Gives an amount of an order back, out of all its payments. Which payment gives what is stored before the first of them
 * does, so that a repeated call, or the background, goes on where it stopped.
 *
 * @throws DomainError PAYMENT_NOT_FOUND, REFUND_EXCEEDS_CAPTURED, REFUND_INCOMPLETE, CURRENCY_MISMATCH and what `carryOut`
 * throws.
 */
export async function refundOrder(
  ports: PaymentPorts,
  key: OperationKey,
  { orderId, amount, reason, reference }: OrderRefund,
): Promise<readonly PaidBack[]> {
  const claimed = await ports.refundPlans.claim(key, orderId, (payments) => {
    const [first] = payments;
    if (first === undefined) throw paymentNotFound();
    if (first.amount.currency !== amount.currency) {
      throw invalid('CURRENCY_MISMATCH', `The order is in ${first.amount.currency}.`, {
        field: 'amount',
        metadata: { currency: first.amount.currency },
      });
    }
    return { parts: planRefund(payments, amount), reason, reference };
  });
  switch (claimed.kind) {
    case 'reused':
      throw invalid('REQUEST_ID_REUSED', 'The request id was used before with another request.', {
        field: 'request_id',
      });
    case 'busy':
      throw aborted('OPERATION_IN_FLIGHT', 'Another refund of the order is under way.', {
        retryAfterMs: 200,
      });
    case 'ended':
      return refundsOf(claimed.outcome);
    case 'open':
      return refundsOf(await payBack(ports, claimed.requestId, claimed.plan));
  }
}

/** Goes on with refunds of orders that nobody has ended for a while. Answers how many it looked at. */
export async function resumeOrderRefunds(ports: PaymentPorts, limit: number): Promise<number> {
  const open = await ports.refundPlans.takeStale(limit);
  for (const { requestId, plan } of open) {
    await payBack(ports, requestId, plan).catch((err: unknown) => {
      ports.log.warn({ err, requestId }, "an order's refund is still under way");
    });
  }
  return open.length;
}

/** Each part once, by its own request id; ends the plan unless an outcome is not known. */
async function payBack(ports: PaymentPorts, requestId: string, plan: RefundPlan): Promise<RefundPlanOutcome> {
  const refunds: PaidBack[] = [];
  let refusal: DomainError | undefined;
  for (const part of plan.parts) {
    try {
      refunds.push(await payPart(ports, plan, part));
    } catch (error) {
      if (!(error instanceof DomainError) || !FINAL_KINDS.has(error.kind)) throw error;
      refusal ??= error;
    }
  }
  const outcome: RefundPlanOutcome =
    refusal === undefined
      ? { kind: 'done', refunds }
      : { kind: 'refused', refusal: incomplete(plan, refunds, refusal) };
  await ports.refundPlans.end(requestId, outcome);
  return outcome;
}

async function payPart(
  ports: PaymentPorts,
  { reason, reference }: RefundPlan,
  { paymentId, requestId, amount, shares }: RefundPart,
): Promise<PaidBack> {
  const key = { requestId, fingerprint: 'part of an order refund' };
  const { payment, refundId } = await carryOut(ports, () =>
    ports.payments.claim(key, 'refund', { paymentId }, (current) => ({
      kind: 'refund',
      amount: amountToRefund(current, amount),
      shares,
      reason,
      reference,
    })),
  );
  const refund = payment.refunds.find(({ id }) => id === refundId);
  if (refund === undefined) throw new Error('a refund without a refund');
  return { paymentId, refund };
}

function incomplete(plan: RefundPlan, refunds: readonly PaidBack[], cause: DomainError): DomainError {
  const sum = (amounts: readonly Money[]): string =>
    amounts.length === 0 ? '0' : amounts.reduce((total, it) => total.plus(it)).toString();
  return precondition('REFUND_INCOMPLETE', 'A part of the refund was refused.', {
    metadata: {
      refunded: sum(refunds.map(({ refund }) => refund.amount)),
      requested: sum(plan.parts.map(({ amount }) => amount)),
      cause: cause.reason,
    },
  });
}

function refundsOf(outcome: RefundPlanOutcome): readonly PaidBack[] {
  if (outcome.kind === 'refused') throw outcome.refusal;
  return outcome.refunds;
}
