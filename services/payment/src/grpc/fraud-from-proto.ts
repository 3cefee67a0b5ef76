import { type Timestamp, timestampDate } from '@bufbuild/protobuf/wkt';
import {
  BlocklistKind,
  CountryPair,
  FraudDimension,
  FraudOutcome as OutcomeMessage,
  FraudReviewState,
  type FraudRule,
  type FraudRuleSet,
  FraudSpread,
  FraudWindow,
} from '@souk/gen/souk/payment/v1/fraud_pb';
import { moneyFromProto } from '@souk/rpc';
import type { FraudPeriod, ReviewState } from '../app/fraud/ports.ts';
import type { FraudOutcome } from '../domain/fraud/accuracy.ts';
import type { Blockable, Dimension, Spread, Window } from '../domain/fraud/facts.ts';
import type { CountryPair as Pair, RuleCondition } from '../domain/fraud/rule.ts';
import type { RuleBook } from '../domain/fraud/rule-set.ts';

// Validation has seen to it that enums are defined and set where they must be; the fallbacks are never reached.

const DIMENSIONS: Readonly<Record<FraudDimension, Dimension>> = {
  [FraudDimension.UNSPECIFIED]: 'account',
  [FraudDimension.CARD]: 'card',
  [FraudDimension.ACCOUNT]: 'account',
  [FraudDimension.ADDRESS]: 'address',
  [FraudDimension.DEVICE]: 'device',
  [FraudDimension.EMAIL]: 'email',
};

const WINDOWS: Readonly<Record<FraudWindow, Window>> = {
  [FraudWindow.UNSPECIFIED]: '24h',
  [FraudWindow.TEN_MINUTES]: '10m',
  [FraudWindow.HOUR]: '1h',
  [FraudWindow.DAY]: '24h',
};

const SPREADS: Readonly<Record<FraudSpread, Spread>> = {
  [FraudSpread.UNSPECIFIED]: 'accounts-per-card',
  [FraudSpread.ACCOUNTS_PER_CARD]: 'accounts-per-card',
  [FraudSpread.CARDS_PER_ACCOUNT]: 'cards-per-account',
  [FraudSpread.CARDS_PER_DEVICE]: 'cards-per-device',
};

const PAIRS: Readonly<Record<CountryPair, Pair>> = {
  [CountryPair.UNSPECIFIED]: 'billing-shipping',
  [CountryPair.BILLING_SHIPPING]: 'billing-shipping',
  [CountryPair.BILLING_CARD]: 'billing-card',
  [CountryPair.SHIPPING_CARD]: 'shipping-card',
};

const KINDS: Readonly<Record<BlocklistKind, Blockable>> = {
  [BlocklistKind.UNSPECIFIED]: 'account',
  [BlocklistKind.CARD]: 'card',
  [BlocklistKind.ACCOUNT]: 'account',
  [BlocklistKind.ADDRESS]: 'address',
  [BlocklistKind.DEVICE]: 'device',
  [BlocklistKind.EMAIL]: 'email',
  [BlocklistKind.EMAIL_DOMAIN]: 'email-domain',
};

const REVIEW_STATES: Readonly<Record<FraudReviewState, ReviewState>> = {
  [FraudReviewState.UNSPECIFIED]: 'pending',
  [FraudReviewState.PENDING]: 'pending',
  [FraudReviewState.APPROVED]: 'approved',
  [FraudReviewState.REJECTED]: 'rejected',
};

const OUTCOMES: Readonly<Record<OutcomeMessage, FraudOutcome | undefined>> = {
  [OutcomeMessage.UNSPECIFIED]: undefined,
  [OutcomeMessage.LEGITIMATE]: 'legitimate',
  [OutcomeMessage.FRAUD]: 'fraud',
};

/** What a blocklist names. */
export const blockableFromProto = (kind: BlocklistKind): Blockable => KINDS[kind];

/** The state that reviews are listed by. */
export const reviewStateFromProto = (state: FraudReviewState): ReviewState => REVIEW_STATES[state];

/** What a payment turned out to be; undefined takes a word back. */
export const outcomeFromProto = (outcome: OutcomeMessage): FraudOutcome | undefined => OUTCOMES[outcome];

/** A span of time. */
export function periodFromProto(period: {
  readonly startTime?: Timestamp | undefined;
  readonly endTime?: Timestamp | undefined;
}): FraudPeriod {
  return {
    start: period.startTime && timestampDate(period.startTime),
    end: period.endTime && timestampDate(period.endTime),
  };
}

/** Rules with their thresholds. @throws DomainError VALIDATION_FAILED. */
export function ruleBookFromProto(set: FraudRuleSet): RuleBook & { readonly note: string } {
  const { reviewScore, declineScore, note } = set;
  const rules = set.rules.map(({ ruleId, weight, condition }, index) => ({
    id: ruleId,
    weight,
    condition: conditionFromProto(condition, index),
  }));
  return { reviewScore, declineScore, note, rules };
}

function conditionFromProto(condition: FraudRule['condition'], index: number): RuleCondition {
  switch (condition.case) {
    case 'velocity': {
      const { dimension, window, limit } = condition.value;
      return { kind: 'velocity', dimension: DIMENSIONS[dimension], window: WINDOWS[window], limit };
    }
    case 'spread':
      return {
        kind: 'spread',
        spread: SPREADS[condition.value.spread],
        limit: condition.value.limit,
      };
    case 'amountOverHistory': {
      const { factor, minimumPayments } = condition.value;
      return { kind: 'amount-over-history', factor, minimumPayments };
    }
    case 'amountOver': {
      const field = `rule_set.rules[${index}].amount_over.amount`;
      return { kind: 'amount-over', amount: moneyFromProto(condition.value.amount, field) };
    }
    case 'countryMismatch':
      return { kind: 'country-mismatch', pair: PAIRS[condition.value.pair] };
    case 'disposableEmail':
      return { kind: 'disposable-email' };
    case 'featuresUnavailable':
      return { kind: 'features-unavailable' };
    case 'blocklisted':
    case undefined:
      return { kind: 'blocklisted' };
  }
}
