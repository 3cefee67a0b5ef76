import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { forecast } from './forecast.ts';

/** Units sold per SKU and day of the month of real invoices that comes with the platform. */
function realMonth(): Map<string, number[]> {
  const file = new URL('../../../../data/online-retail/2010-12.csv.gz', import.meta.url);
  const [header = '', ...lines] = gunzipSync(readFileSync(file)).toString('utf8').trim().split('\n');
  const names = header.trim().split(',');
  const at = (name: RegExp): number => names.findIndex((candidate) => name.test(candidate));
  const [sku, quantity, date] = [at(/stock_?code/i), at(/quantity/i), at(/date|time/i)];
  const days = new Map<string, number[]>();
  for (const line of lines) {
    const cells = (line.match(/("([^"]|"")*"|[^,]*)(,|$)/g) ?? []).map((cell) => cell.replace(/,$/, ''));
    const units = Number(cells[quantity]);
    const day = Number(/2010-12-(\d\d)/.exec(cells[date] ?? '')?.[1]);
    const code = cells[sku] ?? '';
    if (!(units > 0) || !(day >= 1) || code === '') continue;
    const sold = days.get(code) ?? Array.from({ length: 23 }, () => 0);
    sold[day - 1] = (sold[day - 1] ?? 0) + units;
    days.set(code, sold);
  }
  return days;
}

describe('a forecast', () => {
  it('of steady sales is right', () => {
    const steady = forecast(Array.from({ length: 28 }, () => 5));
    expect(steady.perDay).toBeCloseTo(5);
    expect(steady.error).toBeCloseTo(0);
  });

  it('is never negative, nor knows the days on which it is measured', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { minLength: 8, maxLength: 60 }), (days) => {
        const { perDay, error } = forecast(days);
        expect(perDay).toBeGreaterThanOrEqual(0);
        if (error !== undefined) expect(error).toBeGreaterThanOrEqual(0);
        expect(forecast(days)).toEqual(forecast([...days]));
      }),
    );
  });

  it('of the real month errs less than what sold the day before would', () => {
    const month = [...realMonth().values()].filter((days) => days.filter((units) => units > 0).length >= 5);
    expect(month.length).toBeGreaterThan(500);
    let [wrong, naive, sold] = [0, 0, 0];
    for (const days of month) {
      const split = Math.floor(days.length * 0.75);
      const held = days.slice(split);
      const total = held.reduce((sum, units) => sum + units, 0);
      wrong += (forecast(days).error ?? 0) * total;
      naive += held.reduce((sum, units, index) => sum + Math.abs((days[split + index - 1] ?? 0) - units), 0);
      sold += total;
    }
    // The figure that the README reports.
    expect({
      forecast: (wrong / sold).toFixed(2),
      dayBefore: (naive / sold).toFixed(2),
    }).toMatchInlineSnapshot(`
{
  "dayBefore": "1.92",
  "forecast": "1.66",
}
`);
    expect(wrong).toBeLessThan(naive);
  });
});
