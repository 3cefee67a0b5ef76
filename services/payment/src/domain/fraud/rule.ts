import type { Money } from '@souk/kernel';
import type { Countries, Dimension, RiskFacts, Spread, Window } from './facts.ts';

/** What a rule looks for. */
export type RuleCondition =
  /** More than `limit` attempts by one card, account, … within the window. */
  | {
      readonly kind: 'velocity';
      readonly dimension: Dimension;
      readonly window: Window;
      readonly limit: number;
    }
  /** More than `limit` different accounts with one card, … within a day. */
  | { readonly kind: 'spread'; readonly spread: Spread; readonly limit: number }
  /** More than `factor` times the average of the customer's payments, once there are `minimumPayments`. */
  | { readonly kind: 'amount-over-history'; readonly factor: number; readonly minimumPayments: number }
  /** More than an amount, in that amount's currency. */
  | { readonly kind: 'amount-over'; readonly amount: Money }
  /** Two known countries that differ. */
  | { readonly kind: 'country-mismatch'; readonly pair: CountryPair }
  | { readonly kind: 'disposable-email' }
  | { readonly kind: 'blocklisted' }
  /** The counters could not be asked. */
  | { readonly kind: 'features-unavailable' };

/** Which two countries are compared. */
export type CountryPair = 'billing-shipping' | 'billing-card' | 'shipping-card';

/** A condition with a name and what it adds to the score when it holds. */
export interface Rule {
  /** Unique in its rule set, for example `card-velocity`. */
  readonly id: string;
  readonly weight: number;
  readonly condition: RuleCondition;
}

/** What a condition found: `undefined` if it could not be looked at, because a fact is not known. */
export type Finding =
  | { readonly holds: boolean; readonly value: string; readonly threshold: string }
  | undefined;

/** Looks whether a condition holds, and says what was found and what would have been too much. */
export function examine(condition: RuleCondition, facts: RiskFacts): Finding {
  switch (condition.kind) {
    case 'velocity': {
      const count = facts.features?.velocity[condition.dimension]?.[condition.window];
      return count === undefined ? undefined : above(count, condition.limit);
    }
    case 'spread': {
      const count = facts.features?.spread[condition.spread];
      return count === undefined ? undefined : above(count, condition.limit);
    }
    case 'amount-over-history': {
      const history = facts.features?.history;
      if (history === undefined || history.payments < condition.minimumPayments) return undefined;
      const limit = Math.round(history.averageMinor * condition.factor);
      return above(Number(facts.amount.minor), limit);
    }
    case 'amount-over': {
      if (condition.amount.currency !== facts.amount.currency) return undefined;
      return {
        holds: facts.amount.compare(condition.amount) > 0,
        value: facts.amount.toString(),
        threshold: condition.amount.toString(),
      };
    }
    case 'country-mismatch':
      return mismatch(condition.pair, facts.countries);
    case 'disposable-email':
      return { holds: facts.hasDisposableEmail, value: String(facts.hasDisposableEmail), threshold: 'false' };
    case 'blocklisted':
      return { holds: facts.blocked.length > 0, value: facts.blocked.join(','), threshold: '' };
    case 'features-unavailable':
      return {
        holds: facts.features === undefined,
        value: String(facts.features === undefined),
        threshold: 'false',
      };
  }
}

function above(count: number, limit: number): Finding {
  return { holds: count > limit, value: String(count), threshold: String(limit) };
}

function mismatch(pair: CountryPair, { billing, shipping, card }: Countries): Finding {
  const sides = {
    'billing-shipping': [billing, shipping],
    'billing-card': [billing, card],
    'shipping-card': [shipping, card],
  } as const;
  const [left, right] = sides[pair];
  if (left === '' || right === '') return undefined;
  return { holds: left !== right, value: `${left} ${right}`, threshold: 'equal' };
}
