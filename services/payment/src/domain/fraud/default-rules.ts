import type { RuleSet } from './rule-set.ts';

/**
 * The rules that a new platform starts with. No single suspicion is enough for a decline, only a blocklist is; several
 * together ask for a person. Without counters (Redis is away) shoppers are let through, a little more warily.
 */
export const DEFAULT_RULES: RuleSet = {
  version: 1,
  reviewScore: 70,
  declineScore: 100,
  rules: [
    { id: 'blocklist', weight: 100, condition: { kind: 'blocklisted' } },
    {
      id: 'card-velocity',
      weight: 40,
      condition: { kind: 'velocity', dimension: 'card', window: '10m', limit: 5 },
    },
    {
      id: 'account-velocity',
      weight: 20,
      condition: { kind: 'velocity', dimension: 'account', window: '1h', limit: 20 },
    },
    {
      id: 'address-velocity',
      weight: 15,
      condition: { kind: 'velocity', dimension: 'address', window: '24h', limit: 30 },
    },
    {
      id: 'device-velocity',
      weight: 25,
      condition: { kind: 'velocity', dimension: 'device', window: '1h', limit: 10 },
    },
    {
      id: 'email-velocity',
      weight: 10,
      condition: { kind: 'velocity', dimension: 'email', window: '1h', limit: 20 },
    },
    { id: 'shared-card', weight: 40, condition: { kind: 'spread', spread: 'accounts-per-card', limit: 3 } },
    { id: 'many-cards', weight: 35, condition: { kind: 'spread', spread: 'cards-per-account', limit: 4 } },
    {
      id: 'many-cards-on-device',
      weight: 35,
      condition: { kind: 'spread', spread: 'cards-per-device', limit: 5 },
    },
    {
      id: 'unusual-amount',
      weight: 15,
      condition: { kind: 'amount-over-history', factor: 5, minimumPayments: 3 },
    },
    {
      id: 'shipped-abroad',
      weight: 5,
      condition: { kind: 'country-mismatch', pair: 'billing-shipping' },
    },
    { id: 'foreign-card', weight: 20, condition: { kind: 'country-mismatch', pair: 'billing-card' } },
    { id: 'disposable-email', weight: 25, condition: { kind: 'disposable-email' } },
    { id: 'no-counters', weight: 10, condition: { kind: 'features-unavailable' } },
  ],
};
