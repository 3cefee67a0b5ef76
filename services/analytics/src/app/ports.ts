import type { Clock } from '@souk/kernel';
import type { Calendar } from '../domain/calendar.ts';
import type { SalesFact } from '../domain/sales-fact.ts';
import type { SalesFigures, SalesQuery, SalesRow } from '../domain/sales-report.ts';

/** What analytics' use cases need from outside. */
export interface AnalyticsPorts {
  readonly facts: SalesFacts;
  readonly log: FactLog;
  readonly calendar: Calendar;
  readonly clock: Clock;
}

/** The facts that reports are made from. */
export interface SalesFacts {
  /** Adds facts; those it has already change nothing. */
  add(facts: readonly SalesFact[]): Promise<void>;
  /** A page of a report's rows, in the order of day, SKU, country and currency. */
  rows(query: SalesQuery, page: ReportPage): Promise<SalesRow[]>;
  /** A report's sums per currency. */
  totals(query: SalesQuery): Promise<SalesFigures[]>;
  /** When the newest fact happened. */
  newestTime(): Promise<Date | undefined>;
  /**
   * Starts a rebuild beside the live facts.
   * @returns undefined when another is under way.
   */
  startRebuild(): Promise<Rebuild | undefined>;
}

/** Which rows of a report to return. */
export interface ReportPage {
  /** The last row of the page before; rows after it are returned. */
  readonly after: Pick<SalesRow, 'day' | 'sku' | 'country' | 'currency'> | undefined;
  readonly limit: number;
}

/** A rebuild under way. */
export interface Rebuild {
  /** Adds facts to what is built. */
  add(facts: readonly SalesFact[]): Promise<void>;
  /**
   * Compares what was built with the live facts, and unless told otherwise makes the live ones equal. Live facts that
   * came after the start are left alone.
   */
  finish(validateOnly: boolean): Promise<{ readonly facts: bigint; readonly differing: bigint }>;
  /** Ends the rebuild, finished or not. */
  end(): Promise<void>;
}

/** The topic of order facts, from its beginning. */
export interface FactLog {
  /** Hands over the facts of all events up to the present end, some events at a time. */
  readAll(handle: (facts: readonly SalesFact[], events: number) => Promise<void>): Promise<void>;
}
