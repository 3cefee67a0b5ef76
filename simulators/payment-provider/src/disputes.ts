import { type Bank, eventOf, newId, now, type Outcome, Refusal } from './bank.ts';
import type { Dispute } from './objects.ts';

const EVIDENCE_DAYS_S = 7 * 86_400;

/** A cardholder disputes a charge: its amount is taken from the merchant's balance at once. */
export function openDispute(
  bank: Bank,
  {
    payment_intent: intentId,
    amount,
    reason,
  }: { payment_intent: string; amount?: number | undefined; reason: string },
): Outcome {
  const paid = bank.intent(intentId);
  const disputed = amount ?? paid.amount_received - paid.amount_refunded;
  if (disputed <= 0 || disputed > paid.amount_received)
    throw new Refusal(400, { type: 'invalid_request_error', code: 'amount_too_large', param: 'amount' });
  const dispute: Dispute = {
    id: newId('dp'),
    object: 'dispute',
    payment_intent: intentId,
    amount: disputed,
    currency: paid.currency,
    reason,
    status: 'needs_response',
    evidence: {},
    evidence_due_by: now() + EVIDENCE_DAYS_S,
    reinstatement: null,
    metadata: paid.metadata,
    created: now(),
  };
  const movement = bank.movement('dispute', dispute.id, intentId, -disputed, paid.currency);
  return {
    change: { dispute, movement, event: eventOf('charge.dispute.created', dispute) },
    reply: { status: 200, body: dispute },
  };
}

/** The merchant tells its side; the last word before the end counts. */
export function submitEvidence(bank: Bank, id: string, evidence: Readonly<Record<string, string>>): Outcome {
  const open = disputeOf(bank, id);
  if (open.status === 'won' || open.status === 'lost') throw closed(open);
  const dispute: Dispute = { ...open, status: 'under_review', evidence };
  return {
    change: { dispute, event: eventOf('charge.dispute.updated', dispute) },
    reply: { status: 200, body: dispute },
  };
}

/** The bank decides: a dispute that is won brings the money back. */
export function closeDispute(bank: Bank, id: string, status: 'won' | 'lost'): Outcome {
  const open = disputeOf(bank, id);
  if (open.status === 'won' || open.status === 'lost') throw closed(open);
  const dispute: Dispute = { ...open, status, reinstatement: status === 'won' ? newId('dpr') : null };
  const movement =
    dispute.reinstatement === null
      ? undefined
      : bank.movement(
          'dispute_reversal',
          dispute.reinstatement,
          open.payment_intent,
          open.amount,
          open.currency,
        );
  return {
    change: {
      dispute,
      ...(movement && { movement }),
      event: eventOf('charge.dispute.closed', dispute),
    },
    reply: { status: 200, body: dispute },
  };
}

function disputeOf(bank: Bank, id: string): Dispute {
  const dispute = bank.disputes.get(id);
  if (dispute === undefined)
    throw new Refusal(404, { type: 'invalid_request_error', code: 'resource_missing', param: 'dispute' });
  return dispute;
}

function closed(dispute: Dispute): Refusal {
  return new Refusal(400, { type: 'invalid_request_error', code: 'dispute_closed', status: dispute.status });
}
