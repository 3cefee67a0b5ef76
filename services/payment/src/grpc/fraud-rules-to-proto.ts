import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  CountryPair,
  FraudDimension,
  type FraudRuleSchema,
  type FraudRuleSet,
  FraudRuleSetSchema,
  FraudSpread,
  FraudWindow,
} from '@souk/gen/souk/payment/v1/fraud_pb';
import { moneyToProto } from '@souk/rpc';
import type { StoredRuleSet } from '../app/fraud/ports.ts';
import type { Dimension, Spread, Window } from '../domain/fraud/facts.ts';
import type { CountryPair as Pair, RuleCondition } from '../domain/fraud/rule.ts';

const DIMENSIONS: Readonly<Record<Dimension, FraudDimension>> = {
  card: FraudDimension.CARD,
  account: FraudDimension.ACCOUNT,
  address: FraudDimension.ADDRESS,
  device: FraudDimension.DEVICE,
  email: FraudDimension.EMAIL,
};

const WINDOWS: Readonly<Record<Window, FraudWindow>> = {
  '10m': FraudWindow.TEN_MINUTES,
  '1h': FraudWindow.HOUR,
  '24h': FraudWindow.DAY,
};

const SPREADS: Readonly<Record<Spread, FraudSpread>> = {
  'accounts-per-card': FraudSpread.ACCOUNTS_PER_CARD,
  'cards-per-account': FraudSpread.CARDS_PER_ACCOUNT,
  'cards-per-device': FraudSpread.CARDS_PER_DEVICE,
};

const PAIRS: Readonly<Record<Pair, CountryPair>> = {
  'billing-shipping': CountryPair.BILLING_SHIPPING,
  'billing-card': CountryPair.BILLING_CARD,
  'shipping-card': CountryPair.SHIPPING_CARD,
};

/** A version of the rules for the wire. */
export function ruleSetToProto(it: StoredRuleSet): FraudRuleSet {
  return create(FraudRuleSetSchema, {
    version: it.version,
    reviewScore: it.reviewScore,
    declineScore: it.declineScore,
    rules: it.rules.map(({ id, weight, condition }) => ({
      ruleId: id,
      weight,
      condition: conditionToProto(condition),
    })),
    note: it.note,
    active: it.isActive,
    authorId: it.authorId,
    createTime: timestampFromDate(it.createTime),
  });
}

type ConditionInit = NonNullable<
  Exclude<MessageInitShape<typeof FraudRuleSchema>, { $typeName: string }>['condition']
>;

function conditionToProto(condition: RuleCondition): ConditionInit {
  switch (condition.kind) {
    case 'velocity': {
      const { dimension, window, limit } = condition;
      return {
        case: 'velocity',
        value: { dimension: DIMENSIONS[dimension], window: WINDOWS[window], limit },
      };
    }
    case 'spread':
      return { case: 'spread', value: { spread: SPREADS[condition.spread], limit: condition.limit } };
    case 'amount-over-history': {
      const { factor, minimumPayments } = condition;
      return { case: 'amountOverHistory', value: { factor, minimumPayments } };
    }
    case 'amount-over':
      return { case: 'amountOver', value: { amount: moneyToProto(condition.amount) } };
    case 'country-mismatch':
      return { case: 'countryMismatch', value: { pair: PAIRS[condition.pair] } };
    case 'disposable-email':
      return { case: 'disposableEmail', value: {} };
    case 'blocklisted':
      return { case: 'blocklisted', value: {} };
    case 'features-unavailable':
      return { case: 'featuresUnavailable', value: {} };
  }
}
