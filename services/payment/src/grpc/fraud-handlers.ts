import type { ServiceImpl } from '@connectrpc/connect';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import { FraudReviewDecision } from '@souk/gen/souk/payment/v1/fraud_service_pb';
import {
  type FraudService,
  ListBlocklistEntriesRequestSchema,
  ListFraudReviewsRequestSchema,
  ListFraudRuleSetsRequestSchema,
} from '@souk/gen/souk/payment/v1/fraud_service_pb';
import { fingerprintOf, type PageTokens, pageSizeOf, principalOf } from '@souk/rpc';
import { getAssessment, reportOutcome } from '../app/fraud/assessments.ts';
import { backtestRules, fraudReport } from '../app/fraud/backtest-rules.ts';
import { addToBlocklist, removeFromBlocklist } from '../app/fraud/blocklist.ts';
import { decideReview, type ReviewPorts } from '../app/fraud/decide-review.ts';
import { activateRuleSet, createRuleSet, getRuleSet } from '../app/fraud/manage-rules.ts';
import type { FraudPorts } from '../app/fraud/ports.ts';
import {
  blockableFromProto,
  outcomeFromProto,
  periodFromProto,
  reviewStateFromProto,
  ruleBookFromProto,
} from './fraud-from-proto.ts';
import { ruleSetToProto } from './fraud-rules-to-proto.ts';
import { assessmentToProto, blocklistEntryToProto, DECISIONS, fraudReportToProto } from './fraud-to-proto.ts';
import { keyOf } from './from-proto.ts';
import { pageOf } from './page-of.ts';

/** The RPCs of those who watch for fraud. */
export function fraudHandlers(
  ports: FraudPorts & ReviewPorts,
  pageTokens: PageTokens,
): ServiceImpl<typeof FraudService> {
  return {
    async getFraudAssessment({ paymentId }) {
      return { assessment: assessmentToProto(await getAssessment(ports, paymentId)) };
    },

    async listFraudReviews(request) {
      const fingerprint = fingerprintOf(ListFraudReviewsRequestSchema, request);
      const limit = pageSizeOf(request.pageSize, 50, 200);
      const after = pageTokens.decode(request.pageToken, fingerprint)?.[0];
      const state = reviewStateFromProto(request.state);
      const rows = await ports.assessments.listReviews({ state, after, limit: limit + 1 });
      const { page, next } = pageOf(rows, limit, (it) => it.paymentId);
      return {
        assessments: page.map(assessmentToProto),
        nextPageToken: next === undefined ? '' : pageTokens.encode([next], fingerprint),
      };
    },

    async decideFraudReview({ paymentId, decision, note }, context) {
      const decided = await decideReview(ports, {
        paymentId,
        isApproved: decision === FraudReviewDecision.APPROVE,
        note,
        reviewerId: principalOf(context).id,
      });
      return { assessment: assessmentToProto(decided) };
    },

    async reportFraudOutcome({ paymentId, outcome }) {
      return {
        assessment: assessmentToProto(await reportOutcome(ports, paymentId, outcomeFromProto(outcome))),
      };
    },

    async getFraudReport(request) {
      return { report: fraudReportToProto(await fraudReport(ports, periodFromProto(request))) };
    },

    async backtestFraudRules(request) {
      const { rules } = request;
      const tried = rules.case === 'ruleSet' ? ruleBookFromProto(rules.value) : (rules.value ?? 0);
      const result = await backtestRules(ports, tried, periodFromProto(request));
      return {
        actual: fraudReportToProto(result.actual),
        tried: fraudReportToProto(result.tried),
        changes: result.changes.map((it) => ({
          actual: DECISIONS[it.actual],
          tried: DECISIONS[it.tried],
          count: BigInt(it.count),
        })),
      };
    },

    async createFraudRuleSet(request, context) {
      const book = request.ruleSet && ruleBookFromProto(request.ruleSet);
      if (book === undefined) throw new TypeError('validation has seen to it that there are rules');
      const made = await createRuleSet(ports, keyOf(request, context), book, principalOf(context).id);
      return { ruleSet: ruleSetToProto(made) };
    },

    async activateFraudRuleSet({ version }) {
      return { ruleSet: ruleSetToProto(await activateRuleSet(ports, version)) };
    },

    async getFraudRuleSet({ version }) {
      return { ruleSet: ruleSetToProto(await getRuleSet(ports, version)) };
    },

    async listFraudRuleSets(request) {
      const fingerprint = fingerprintOf(ListFraudRuleSetsRequestSchema, request);
      const limit = pageSizeOf(request.pageSize, 20, 100);
      const before = pageTokens.decode(request.pageToken, fingerprint)?.[0];
      const rows = await ports.ruleSets.list(before === undefined ? undefined : Number(before), limit + 1);
      const { page, next } = pageOf(rows, limit, (it) => String(it.version));
      return {
        ruleSets: page.map(ruleSetToProto),
        nextPageToken: next === undefined ? '' : pageTokens.encode([next], fingerprint),
      };
    },

    async addBlocklistEntry({ kind, value, reason, expireTime }, context) {
      const order = {
        kind: blockableFromProto(kind),
        value,
        reason,
        expireTime: expireTime && timestampDate(expireTime),
      };
      const entry = await addToBlocklist(ports, order, principalOf(context).id);
      return { entry: blocklistEntryToProto(entry) };
    },

    async removeBlocklistEntry({ entryId }) {
      await removeFromBlocklist(ports, entryId);
      return {};
    },

    async listBlocklistEntries(request) {
      const fingerprint = fingerprintOf(ListBlocklistEntriesRequestSchema, request);
      const limit = pageSizeOf(request.pageSize, 50, 200);
      const before = pageTokens.decode(request.pageToken, fingerprint)?.[0];
      const rows = await ports.blocklist.list(before, limit + 1);
      const { page, next } = pageOf(rows, limit, (it) => it.id);
      return {
        entries: page.map(blocklistEntryToProto),
        nextPageToken: next === undefined ? '' : pageTokens.encode([next], fingerprint),
      };
    },
  };
}
