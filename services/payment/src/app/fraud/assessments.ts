import { type DomainError, notFound } from '@souk/kernel';
import type { FraudOutcome } from '../../domain/fraud/accuracy.ts';
import type { Verdict } from '../../domain/fraud/rule-set.ts';
import type { Payment } from '../../domain/payment.ts';
import type { AssessmentStore, StoredAssessment } from './ports.ts';

/** What reading assessments needs. */
interface AssessmentsPort {
  readonly assessments: AssessmentStore;
}

/** @throws DomainError FRAUD_ASSESSMENT_NOT_FOUND. */
export async function getAssessment(
  { assessments }: AssessmentsPort,
  paymentId: string,
): Promise<StoredAssessment> {
  const found = await assessments.find(paymentId);
  if (found === undefined) throw assessmentNotFound();
  return found;
}

/**
 * Says what a payment turned out to be; undefined takes a word back.
 *
 * @throws DomainError FRAUD_ASSESSMENT_NOT_FOUND.
 */
export async function reportOutcome(
  { assessments }: AssessmentsPort,
  paymentId: string,
  outcome: FraudOutcome | undefined,
): Promise<StoredAssessment> {
  const found = await assessments.setOutcome(paymentId, outcome);
  if (found === undefined) throw assessmentNotFound();
  return found;
}

/** The assessment of a payment that was judged just now. */
export function newAssessment(
  payment: Pick<Payment, 'id' | 'orderId' | 'customerId' | 'amount' | 'createTime'>,
  verdict: Verdict,
): StoredAssessment {
  return {
    paymentId: payment.id,
    orderId: payment.orderId,
    customerId: payment.customerId,
    amount: payment.amount,
    verdict,
    reviewState: verdict.decision === 'review' ? 'pending' : undefined,
    reviewerId: '',
    reviewNote: '',
    outcome: undefined,
    createTime: payment.createTime,
    reviewTime: undefined,
  };
}

/** The refusal of a payment that was never judged. */
export function assessmentNotFound(): DomainError {
  return notFound('FRAUD_ASSESSMENT_NOT_FOUND', 'There is no such assessment.');
}
