/** What is expected to be sold, and how wrong the same way of expecting was on days that are known. */
export interface Forecast {
  /** Units per day from now on. */
  readonly perDay: number;
  /** Σ|forecast − sold| / Σ sold over the days held back; undefined if nothing was sold on them. */
  readonly error: number | undefined;
  readonly method: string;
}

/** Tells of each day, from what came before it, how much will be sold. */
interface Method {
  readonly name: string;
  predict(past: readonly number[]): number;
}

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

/** Newer days count more: each step back by the factor 1 − weight. */
const smoothing = (weight: number): Method => ({
  name: `smoothing ${weight}`,
  predict: ([first = 0, ...rest]) => rest.reduce((level, value) => level + weight * (value - level), first),
});

/** The same weekday of the last weeks, once there are two. */
const weekday: Method = {
  name: 'weekday',
  predict: (past) => {
    const same = past.filter((_, day) => (past.length - day) % 7 === 0);
    return same.length < 2 ? mean(past) : mean(same.slice(-4));
  },
};

/** Half of the days or more are without any sale for most SKUs; then the median day is the better guess. */
const median: Method = {
  name: 'median',
  predict: (past) => past.toSorted((a, b) => a - b)[Math.floor(past.length / 2)] ?? 0,
};

const METHODS: readonly Method[] = [
  { name: 'mean', predict: mean },
  smoothing(0.1),
  smoothing(0.3),
  weekday,
  median,
];

/** Sum of absolute errors of a method on the days from `start`, each told from those before it. */
function errorOf(method: Method, days: readonly number[], start: number): number {
  return days
    .slice(start)
    .reduce((sum, sold, index) => sum + Math.abs(method.predict(days.slice(0, start + index)) - sold), 0);
}

/**
 * Forecasts from units sold per day, oldest first: the method that was best on the first three quarters is measured on the
 * last one, which it has not seen, and then used.
 */
export function forecast(days: readonly number[]): Forecast {
  const split = Math.floor(days.length * 0.75);
  const seen = days.slice(0, split);
  const warmUp = Math.min(3, split);
  const [first] = METHODS;
  if (first === undefined) throw new Error('no way of forecasting');
  const best = METHODS.map((method) => ({ method, error: errorOf(method, seen, warmUp) })).reduce((a, b) =>
    b.error < a.error ? b : a,
  ).method;
  const sold = days.slice(split).reduce((sum, units) => sum + units, 0);
  return {
    perDay: Math.max(0, best.predict(days)),
    error: sold > 0 ? errorOf(best, days, split) / sold : undefined,
    method: best.name,
  };
}
