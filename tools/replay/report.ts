import { FIGURES, type Figures } from './books.ts';
import type { ReplayResult } from './replay.ts';

/** How many differences of a kind are printed. */
const SHOWN = 20;
const COUNTED = new Set<keyof Figures>(['orders', 'units', 'returnedUnits']);

/** A replay's result for people. */
export function reportOf(result: ReplayResult): string {
  return [
    ...leftOutLines(result),
    '',
    ...booksTable(result),
    '',
    ...checkLines(result),
    '',
    ...deviationLines(result),
    '',
    ...speedLines(result),
  ].join('\n');
}

function leftOutLines({ plan, credits }: ReplayResult): string[] {
  const rows = [...plan.leftOut]
    .sort(([, a], [, b]) => b.rows - a.rows)
    .map(([reason, { rows, units, pence }]) => [reason, String(rows), String(units), pounds(pence)]);
  for (const [reason, own] of Map.groupBy(credits.unmatched, (one) => one.reason)) {
    const units = own.reduce((sum, { quantity }) => sum + quantity, 0);
    const pence = own.reduce((sum, one) => sum + one.pence, 0);
    rows.push([reason, String(own.length), String(-units), pounds(pence)]);
  }
  return ['Not played, and why', ...table([['reason', 'lines', 'units', 'amount'], ...rows])];
}

function booksTable({ expected, analytics, orders }: ReplayResult): string[] {
  const columns = [expected.books.totals(), analytics.totals(), orders.totals()];
  const rows = FIGURES.map((name) => [
    name === 'returnedUnits' ? 'returned units' : name,
    ...columns.map((figures) => (COUNTED.has(name) ? String(figures[name]) : pounds(figures[name]))),
    columns.every((figures) => figures[name] === columns[0]?.[name]) ? 'equal' : 'DIFFERENT',
  ]);
  return ['The books', ...table([['', 'invoices', 'analytics', 'order', ''], ...rows])];
}

function checkLines({ checks }: ReplayResult): string[] {
  const lines = table(checks.map(({ name, isRight, text }) => [isRight ? 'ok' : 'WRONG', name, text]));
  const details = checks.flatMap(({ name, details }) =>
    details.length === 0
      ? []
      : [
          `  ${name}:`,
          ...details.slice(0, SHOWN).map((text) => `    ${text}`),
          ...(details.length > SHOWN ? [`    and ${details.length - SHOWN} more`] : []),
        ],
  );
  return ['Compared', ...lines, ...details];
}

function deviationLines({ expected }: ReplayResult): string[] {
  const { lines, above, below } = expected.deviation;
  return [
    'A known difference: the invoices do not always charge the list price, the platform does',
    ...table([
      ['lines at another price', String(lines)],
      ['invoiced above list', pounds(above)],
      ['invoiced below list', pounds(below)],
      ['invoiced in all', pounds(expected.books.totals().gross + above + below)],
    ]),
  ];
}

function speedLines({ played, latencies }: ReplayResult): string[] {
  const seconds = played.milliseconds / 1_000;
  const orders = played.orders.size;
  return [
    `Speed: ${orders} orders and ${played.returnIds.size} returns in ${seconds.toFixed(1)} s, ${(orders / seconds).toFixed(1)} orders a second`,
    ...table([
      ['call', 'count', 'p50 ms', 'p95 ms', 'p99 ms'],
      ...latencies.map(({ method, calls, p50, p95, p99 }) => [
        method,
        String(calls),
        ...[p50, p95, p99].map((ms) => ms.toFixed(1)),
      ]),
    ]),
  ];
}

/** Pence as pounds with thousands apart. */
function pounds(pence: number): string {
  return (pence / 100).toLocaleString('en-GB', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

/** Columns aligned: the first to the left, numbers to the right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    `  ${row
      .map((cell, column) =>
        /^-?[\d,.]+$/.test(cell) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')}`.trimEnd(),
  );
}
