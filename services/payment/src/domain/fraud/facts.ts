import type { Money } from '@souk/kernel';

/** What payments are counted by. */
export const DIMENSIONS = ['card', 'account', 'address', 'device', 'email'] as const;

/** One of them. */
export type Dimension = (typeof DIMENSIONS)[number];

/** The time spans that payments are counted over. */
export const WINDOWS = ['10m', '1h', '24h'] as const;

/** One of them. */
export type Window = (typeof WINDOWS)[number];

/** The lengths of the windows in milliseconds. */
export const WINDOW_MS: Readonly<Record<Window, number>> = {
  '10m': 600_000,
  '1h': 3_600_000,
  '24h': 86_400_000,
};

/** How widely something is shared: different ones of the first kind seen with one of the second, within a day. */
export const SPREADS = ['accounts-per-card', 'cards-per-account', 'cards-per-device'] as const;

/** One of them. */
export type Spread = (typeof SPREADS)[number];

/** Countries that should agree; ISO 3166-1 alpha-2, empty where unknown. */
export interface Countries {
  readonly billing: string;
  readonly shipping: string;
  readonly card: string;
}

/** What was counted, this attempt included. What is not known (no device id) is absent. */
export interface Features {
  readonly velocity: Readonly<Partial<Record<Dimension, Readonly<Record<Window, number>>>>>;
  readonly spread: Readonly<Partial<Record<Spread, number>>>;
  /** The customer's captured payments in the attempt's currency: how many, and their average in minor units. */
  readonly history: { readonly payments: number; readonly averageMinor: number };
}

/** All that rules look at. Holds no name, address, e-mail or card: it is kept for back-tests. */
export interface RiskFacts {
  readonly amount: Money;
  readonly countries: Countries;
  readonly hasDisposableEmail: boolean;
  /** Dimensions of the attempt that are on a blocklist. */
  readonly blocked: readonly Blockable[];
  /** Undefined when the counters could not be asked. */
  readonly features: Features | undefined;
}

/** What blocklists name. */
export const BLOCKABLES = [...DIMENSIONS, 'email-domain'] as const;

/** One of them. */
export type Blockable = (typeof BLOCKABLES)[number];
