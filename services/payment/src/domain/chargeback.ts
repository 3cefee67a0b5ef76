import { type DomainError, type Money, precondition } from '@souk/kernel';

/** Where a chargeback stands. */
export type ChargebackState = 'open' | 'evidence_submitted' | 'won' | 'lost';

/** A charge that its cardholder disputes. */
export interface Chargeback {
  readonly id: string;
  readonly paymentId: string;
  readonly orderId: string;
  readonly amount: Money;
  /** Why, in the provider's words. */
  readonly reason: string;
  readonly state: ChargebackState;
  readonly provider: string;
  readonly providerReference: string;
  /** Until when evidence counts. */
  readonly evidenceDueTime: Date | undefined;
  readonly evidence: ReadonlyMap<string, string>;
  readonly version: bigint;
  readonly createTime: Date;
  readonly updateTime: Date;
}

/** What a provider tells of a dispute. */
export interface DisputeNews {
  readonly providerReference: string;
  /** The provider's id of the disputed payment. */
  readonly paymentReference: string;
  readonly amount: Money;
  readonly reason: string;
  readonly status: 'open' | 'under_review' | 'won' | 'lost';
  readonly evidenceDueTime: Date | undefined;
  /** The provider's id of the movement that brought the money back; empty unless won. */
  readonly reinstatement: string;
}

/** What news mean for a chargeback: nothing if they are overtaken, whatever their order. */
export type ChargebackStep = 'opened' | 'won' | 'lost';

/** The steps from what is known to what the news say; opening and closing may come in one, when the first was lost. */
export function stepsOf(known: Chargeback | undefined, news: DisputeNews): readonly ChargebackStep[] {
  const isOver = known?.state === 'won' || known?.state === 'lost';
  const closing = news.status === 'won' || news.status === 'lost' ? [news.status] : [];
  return [...(known === undefined ? (['opened'] as const) : []), ...(isOver ? [] : closing)];
}

/** @throws DomainError CHARGEBACK_STATE_INVALID, CHARGEBACK_EVIDENCE_TOO_LATE unless evidence still counts. */
export function requireOpen(chargeback: Chargeback, now: Date): void {
  const { id, state, evidenceDueTime } = chargeback;
  if (state === 'won' || state === 'lost') throw chargebackClosed(id, state);
  if (evidenceDueTime !== undefined && evidenceDueTime <= now) {
    throw precondition('CHARGEBACK_EVIDENCE_TOO_LATE', 'The time for evidence is over.', {
      metadata: { chargeback_id: id, due_time: evidenceDueTime.toISOString() },
    });
  }
}

/** The refusal of a step after the end. */
export function chargebackClosed(id: string, state: ChargebackState): DomainError {
  return precondition('CHARGEBACK_STATE_INVALID', `The chargeback is ${state}.`, {
    metadata: { chargeback_id: id, state: state.toUpperCase() },
  });
}
