import type { Money } from '@souk/kernel';

/** The rate that holds from an instant on, in milliseconds since the epoch or -Infinity, until the next one. */
export interface DatedRate {
  readonly from: number;
  /** Hundredths of a percent, added to the price. */
  readonly basisPoints: number;
}

/** All rates of one class of goods in one country, by time. */
export interface TaxSchedule {
  readonly country: string;
  readonly taxClass: string;
  readonly rates: readonly DatedRate[];
}

/** The class of goods whose product states none. */
export const STANDARD_TAX_CLASS = 'standard';

/** The rate at an instant; 0 where none is known. */
export function rateAt(schedule: TaxSchedule | undefined, time: number): number {
  return schedule?.rates.findLast(({ from }) => from <= time)?.basisPoints ?? 0;
}

/** Tax on a line's net amount, rounded half up to the minor unit: each line for itself, so that sums need no correction. */
export function taxOn(net: Money, basisPoints: number): Money {
  return net.basisPoints(basisPoints, 'half-up');
}

/** Sets a rate; one with the same start is replaced. */
export function withRate(schedule: TaxSchedule, rate: DatedRate): TaxSchedule {
  const others = schedule.rates.filter(({ from }) => from !== rate.from);
  return { ...schedule, rates: [...others, rate].sort((a, b) => a.from - b.from) };
}
