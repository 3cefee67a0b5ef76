import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  type BlocklistEntry as EntryMessage,
  BlocklistEntrySchema,
  BlocklistKind,
  type FraudAccuracy,
  FraudAccuracySchema,
  type FraudAssessment,
  FraudAssessmentSchema,
  FraudDecision as DecisionMessage,
  FraudOutcome,
  type FraudReport as ReportMessage,
  FraudReportSchema,
  FraudReviewState,
} from '@souk/gen/souk/payment/v1/fraud_pb';
import { moneyToProto } from '@souk/rpc';
import type { BlocklistEntry, ReviewState, StoredAssessment } from '../app/fraud/ports.ts';
import type { Accuracy, FraudReport } from '../domain/fraud/accuracy.ts';
import type { Blockable } from '../domain/fraud/facts.ts';
import type { FraudDecision } from '../domain/fraud/rule-set.ts';

/** Decisions for the wire. */
export const DECISIONS: Readonly<Record<FraudDecision, DecisionMessage>> = {
  allow: DecisionMessage.ALLOW,
  review: DecisionMessage.REVIEW,
  decline: DecisionMessage.DECLINE,
};

const REVIEW_STATES: Readonly<Record<ReviewState, FraudReviewState>> = {
  pending: FraudReviewState.PENDING,
  approved: FraudReviewState.APPROVED,
  rejected: FraudReviewState.REJECTED,
};

const KINDS: Readonly<Record<Blockable, BlocklistKind>> = {
  card: BlocklistKind.CARD,
  account: BlocklistKind.ACCOUNT,
  address: BlocklistKind.ADDRESS,
  device: BlocklistKind.DEVICE,
  email: BlocklistKind.EMAIL,
  'email-domain': BlocklistKind.EMAIL_DOMAIN,
};

/** An assessment for the wire. */
export function assessmentToProto(it: StoredAssessment): FraudAssessment {
  const { decision, score, ruleSetVersion, signals, skipped } = it.verdict;
  return create(FraudAssessmentSchema, {
    paymentId: it.paymentId,
    orderId: it.orderId,
    customerId: it.customerId,
    amount: moneyToProto(it.amount),
    decision: DECISIONS[decision],
    score,
    ruleSetVersion,
    signals: signals.map(({ ruleId, value, threshold, weight }) => ({ ruleId, value, threshold, weight })),
    skippedRuleIds: [...skipped],
    reviewState: it.reviewState ? REVIEW_STATES[it.reviewState] : FraudReviewState.UNSPECIFIED,
    reviewerId: it.reviewerId,
    reviewNote: it.reviewNote,
    outcome:
      it.outcome === undefined
        ? FraudOutcome.UNSPECIFIED
        : it.outcome === 'fraud'
          ? FraudOutcome.FRAUD
          : FraudOutcome.LEGITIMATE,
    createTime: timestampFromDate(it.createTime),
    ...(it.reviewTime && { reviewTime: timestampFromDate(it.reviewTime) }),
  });
}

/** An entry of a blocklist for the wire. */
export function blocklistEntryToProto(it: BlocklistEntry): EntryMessage {
  return create(BlocklistEntrySchema, {
    entryId: it.id,
    kind: KINDS[it.kind],
    maskedValue: it.maskedValue,
    reason: it.reason,
    authorId: it.authorId,
    createTime: timestampFromDate(it.createTime),
    ...(it.expireTime && { expireTime: timestampFromDate(it.expireTime) }),
  });
}

/** A report for the wire. */
export function fraudReportToProto({
  counts,
  labelled,
  flagged,
  declined,
  byRule,
}: FraudReport): ReportMessage {
  return create(FraudReportSchema, {
    assessedCount: BigInt(counts.allow + counts.review + counts.decline),
    allowedCount: BigInt(counts.allow),
    reviewCount: BigInt(counts.review),
    declinedCount: BigInt(counts.decline),
    labelledCount: BigInt(labelled),
    flagged: accuracyToProto(flagged),
    declined: accuracyToProto(declined),
    rules: [...byRule]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([ruleId, accuracy]) => ({ ruleId, accuracy: accuracyToProto(accuracy) })),
  });
}

function accuracyToProto(it: Accuracy): FraudAccuracy {
  return create(FraudAccuracySchema, {
    truePositives: BigInt(it.truePositives),
    falsePositives: BigInt(it.falsePositives),
    falseNegatives: BigInt(it.falseNegatives),
    trueNegatives: BigInt(it.trueNegatives),
    ...(it.precision !== undefined && { precision: it.precision }),
    ...(it.recall !== undefined && { recall: it.recall }),
  });
}
