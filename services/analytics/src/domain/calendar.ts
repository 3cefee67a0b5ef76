import { invalid } from '@souk/kernel';

/** A day without time or zone, `YYYY-MM-DD`: texts that sort as days do. */
export type Day = string;

/** Tells on which day of the merchant's a moment falls. */
export class Calendar {
  readonly timeZone: string;
  readonly #format: Intl.DateTimeFormat;

  /** @param timeZone an IANA name. @throws RangeError when there is no such zone. */
  constructor(timeZone: string) {
    this.timeZone = timeZone;
    // The Swedish locale writes dates as ISO 8601 does.
    this.#format = new Intl.DateTimeFormat('sv-SE', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
  }

  /** The merchant's day at a moment. */
  dayOf(time: Date): Day {
    return this.#format.format(time);
  }
}

/** Days, both ends included. */
export interface DayRange {
  readonly from: Day;
  readonly to: Day;
}

const LONGEST_RANGE_DAYS = 1_100;
const DAY_MS = 86_400_000;

/**
 * A range of days.
 * @throws DomainError DATE_RANGE_INVALID when a day does not exist, or the range is upside down or too long.
 */
export function dayRange(from: Day, to: Day): DayRange {
  const length = (millis(to, 'to_date') - millis(from, 'from_date')) / DAY_MS;
  if (length < 0) {
    throw invalid('DATE_RANGE_INVALID', 'The range ends before it begins.', { field: 'to_date' });
  }
  if (length > LONGEST_RANGE_DAYS) {
    throw invalid('DATE_RANGE_INVALID', `A report covers at most ${LONGEST_RANGE_DAYS} days.`, {
      field: 'to_date',
    });
  }
  return { from, to };
}

function millis(day: Day, field: string): number {
  const time = Date.parse(`${day}T00:00:00Z`);
  // Date.parse takes 30 February for 2 March.
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== day) {
    throw invalid('DATE_RANGE_INVALID', 'There is no such day.', { field });
  }
  return time;
}
