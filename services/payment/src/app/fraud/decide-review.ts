import { precondition } from '@souk/kernel';
import { refuseCardData } from '../../domain/card-data.ts';
import type { Payment } from '../../domain/payment.ts';
import { getPayment } from '../get-payment.ts';
import type { PaymentPorts } from '../ports.ts';
import { reviewPayment } from '../review-payment.ts';
import { assessmentNotFound, getAssessment } from './assessments.ts';
import type { FraudPorts, ReviewState, StoredAssessment } from './ports.ts';

/** What deciding reviews needs. */
export interface ReviewPorts {
  readonly payment: PaymentPorts;
}

/** A person's decision. */
export interface ReviewDecision {
  readonly paymentId: string;
  readonly isApproved: boolean;
  readonly note: string;
  readonly reviewerId: string;
}

/**
 * Decides a payment that waits: it goes on, or is given up. The payment comes first, so that a crash between the two leaves
 * a review that is still listed; the same decision again then ends it.
 *
 * @throws DomainError FRAUD_ASSESSMENT_NOT_FOUND, FRAUD_REVIEW_NOT_PENDING, CARD_DATA_REFUSED and what `reviewPayment` throws.
 */
export async function decideReview(
  { assessments, clock, payment: ports }: FraudPorts & ReviewPorts,
  { paymentId, isApproved, note, reviewerId }: ReviewDecision,
): Promise<StoredAssessment> {
  refuseCardData({ note });
  const assessment = await getAssessment({ assessments }, paymentId);
  const wanted: ReviewState = isApproved ? 'approved' : 'rejected';
  if (assessment.reviewState === wanted) return assessment;
  if (assessment.reviewState !== 'pending') throw notPending(paymentId, assessment.reviewState ?? 'none');
  const payment = await getPayment(ports, paymentId);
  if (!isDone(payment, isApproved)) {
    if (payment.state !== 'in_review') throw notPending(paymentId, payment.state);
    await reviewPayment(ports, paymentId, isApproved);
  }
  const decided = await assessments.decide(paymentId, wanted, reviewerId, note, clock.now());
  if (decided === undefined) throw assessmentNotFound();
  return decided;
}

/** Whether the payment has gone the way of the decision already, but the review was not ended. */
function isDone({ state }: Payment, isApproved: boolean): boolean {
  if (!isApproved) return state === 'voided';
  return !['pending', 'requires_action', 'in_review', 'voided', 'failed'].includes(state);
}

function notPending(paymentId: string, state: string): Error {
  return precondition('FRAUD_REVIEW_NOT_PENDING', 'The payment does not wait for a review.', {
    metadata: { payment_id: paymentId, state: state.toUpperCase() },
  });
}
