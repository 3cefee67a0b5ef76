import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';

/** One line of an invoice as the file has it, with amounts in pence. */
export interface InvoiceLine {
  /** 1-based number of the row in the file, the heading not counted. */
  readonly row: number;
  readonly invoiceNo: string;
  /** In capital letters: the file writes some codes both ways. */
  readonly stockCode: string;
  readonly description: string;
  /** Negative on credit notes and stock corrections. */
  readonly quantity: number;
  readonly time: Date;
  /** Pence for one unit; may be zero or negative. */
  readonly unitPence: number;
  /** Empty for guests. */
  readonly customerId: string;
  readonly country: string;
}

/** A row that cannot be read, and why. */
export interface BadRow {
  readonly row: number;
  readonly reason: string;
}

/** What a file holds. */
export interface InvoiceFile {
  readonly lines: readonly InvoiceLine[];
  readonly badRows: readonly BadRow[];
}

const COLUMNS = [
  'InvoiceNo',
  'StockCode',
  'Description',
  'Quantity',
  'InvoiceDate',
  'UnitPrice',
  'CustomerID',
  'Country',
] as const;

/** Reads a CSV file of invoice lines, gzipped when its name ends in `.gz`. */
export function readInvoiceFile(path: string): InvoiceFile {
  const content = readFileSync(path);
  return parseInvoices((path.endsWith('.gz') ? gunzipSync(content) : content).toString('utf8'));
}

/**
 * Parses invoice lines. Rows that cannot be read are listed, not dropped.
 *
 * @throws Error when a column is missing.
 */
export function parseInvoices(csv: string): InvoiceFile {
  const rows: unknown[] = parse(csv, {
    columns: true,
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
  });
  const lines: InvoiceLine[] = [];
  const badRows: BadRow[] = [];
  for (const [index, row] of rows.entries()) {
    const fields = fieldsOf(row);
    if (index === 0) {
      const missing = COLUMNS.filter((column) => !fields.has(column));
      if (missing.length > 0) throw new Error(`the file lacks the columns ${missing.join(', ')}`);
    }
    const line = toLine(index + 1, (column) => fields.get(column)?.trim() ?? '');
    if (typeof line === 'string') badRows.push({ row: index + 1, reason: line });
    else lines.push(line);
  }
  return { lines, badRows };
}

function fieldsOf(row: unknown): Map<string, string> {
  const entries: [string, unknown][] = typeof row === 'object' && row !== null ? Object.entries(row) : [];
  return new Map(entries.map(([name, value]) => [name, typeof value === 'string' ? value : '']));
}

/** The line, or why there is none. */
function toLine(row: number, field: (column: (typeof COLUMNS)[number]) => string): InvoiceLine | string {
  const invoiceNo = field('InvoiceNo').toUpperCase();
  const stockCode = field('StockCode').toUpperCase();
  const country = field('Country');
  if (invoiceNo === '' || stockCode === '' || country === '') return 'invoice, stock code or country missing';
  if (!/^-?\d{1,9}$/.test(field('Quantity'))) return 'quantity is not a whole number';
  const unitPence = penceOf(field('UnitPrice'));
  if (unitPence === undefined) return 'price is not an amount of whole pence';
  const time = new Date(`${field('InvoiceDate').replace(' ', 'T')}Z`);
  if (Number.isNaN(time.getTime())) return 'date cannot be read';
  return {
    row,
    invoiceNo,
    stockCode,
    description: field('Description'),
    quantity: Number(field('Quantity')),
    time,
    unitPence,
    // The source exported the numbers as decimals.
    customerId: field('CustomerID').replace(/\.0+$/, ''),
    country,
  };
}

/** Pence of a decimal amount; undefined when it is none or has fractions of a penny. */
export function penceOf(amount: string): number | undefined {
  const match = /^(-?)(\d{1,9})(?:\.(\d*))?$/.exec(amount);
  if (match === null) return undefined;
  const [, sign = '', pounds = '0', fraction = ''] = match;
  if (/[1-9]/.test(fraction.slice(2))) return undefined;
  const pence = Number(pounds) * 100 + Number(fraction.slice(0, 2).padEnd(2, '0'));
  return sign === '-' && pence !== 0 ? -pence : pence;
}
