import { classify } from '../sample-data/classify.ts';
import { countryCodeOf } from '../sample-data/countries.ts';
import type { BadRow, InvoiceLine } from '../sample-data/invoice-line.ts';

/** Units of one SKU in an invoice; its lines of the same SKU are counted together, as the cart does. */
interface PlannedLine {
  readonly sku: string;
  readonly quantity: number;
  /** What the invoice charged for them, in pence. */
  readonly invoicedPence: number;
}

/** An invoice to be played, or a credit note. */
export interface PlannedInvoice {
  readonly kind: 'order' | 'credit';
  readonly invoiceNo: string;
  /** Empty for guests. */
  readonly customerId: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly time: Date;
  /** In the order of the invoice, each SKU once; quantities are positive for credit notes too. */
  readonly lines: readonly PlannedLine[];
}

/** Rows that are not played for one reason. */
interface LeftOut {
  readonly rows: number;
  readonly units: number;
  /** Sum of quantity × price. */
  readonly pence: number;
}

/** What is to be played, in the order of time. */
export interface Plan {
  readonly invoices: readonly PlannedInvoice[];
  /** By reason. */
  readonly leftOut: ReadonlyMap<string, LeftOut>;
}

/** What a cart takes. */
const MOST_UNITS = 100_000;
const MOST_LINES = 1_000;

/**
 * Turns rows into invoices. Rows that cannot be played are counted by reason; every row is either in an invoice or counted.
 *
 * @param limit plays the first so many invoices and credit notes only.
 */
export function planInvoices(
  lines: readonly InvoiceLine[],
  badRows: readonly BadRow[],
  limit = Number.POSITIVE_INFINITY,
): Plan {
  const leftOut = new Map<string, LeftOut>();
  const leave = (reason: string, rows: number, units: number, pence: number): void => {
    const before = leftOut.get(reason) ?? { rows: 0, units: 0, pence: 0 };
    leftOut.set(reason, {
      rows: before.rows + rows,
      units: before.units + units,
      pence: before.pence + pence,
    });
  };
  for (const { reason } of badRows) leave(`bad row: ${reason}`, 1, 0, 0);

  const invoices: PlannedInvoice[] = [];
  const byInvoice = [...Map.groupBy(lines, ({ invoiceNo }) => invoiceNo)];
  byInvoice.sort(
    ([, [a]], [, [b]]) =>
      (a?.time.getTime() ?? 0) - (b?.time.getTime() ?? 0) || (a?.row ?? 0) - (b?.row ?? 0),
  );
  for (const [invoiceNo, own] of byInvoice.slice(0, Math.min(limit, byInvoice.length))) {
    const played: InvoiceLine[] = [];
    for (const line of own) {
      const kind = classify(line);
      const reason =
        kind.kind === 'left-out'
          ? kind.reason
          : countryCodeOf(line.country) === undefined
            ? `country that is none: ${line.country}`
            : undefined;
      if (reason === undefined) played.push(line);
      else leave(reason, 1, line.quantity, line.quantity * line.unitPence);
    }
    const [first] = played;
    if (first === undefined) continue;
    const planned = linesOf(played);
    if (planned.length > MOST_LINES || planned.some(({ quantity }) => quantity > MOST_UNITS)) {
      for (const line of played)
        leave('invoice larger than a cart', 1, line.quantity, line.quantity * line.unitPence);
      continue;
    }
    invoices.push({
      kind: first.quantity < 0 ? 'credit' : 'order',
      invoiceNo,
      customerId: first.customerId,
      country: countryCodeOf(first.country) ?? '',
      time: first.time,
      lines: planned,
    });
  }
  return { invoices, leftOut };
}

function linesOf(lines: readonly InvoiceLine[]): PlannedLine[] {
  return [...Map.groupBy(lines, ({ stockCode }) => stockCode)].map(([sku, own]) => ({
    sku,
    quantity: Math.abs(own.reduce((sum, { quantity }) => sum + quantity, 0)),
    invoicedPence: own.reduce((sum, { quantity, unitPence }) => sum + quantity * unitPence, 0),
  }));
}
