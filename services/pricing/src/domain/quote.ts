import { invalid, Money } from '@souk/kernel';
import type { PriceList } from './price-list.ts';
import { bestDiscount, type Discount, type Promotion } from './promotion.ts';
import { rateAt, STANDARD_TAX_CLASS, type TaxSchedule, taxOn } from './tax.ts';
import { type ListPrice, type PriceContext, type UnitPrice, unitPriceFor } from './unit-price.ts';

/** A line to price. */
export interface LineToPrice {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
}

/** Everything that decides what lines cost. */
export interface PriceBook {
  readonly lists: ReadonlyMap<string, PriceList>;
  /** Prices by SKU. */
  readonly prices: ReadonlyMap<string, readonly ListPrice[]>;
  readonly promotions: readonly Promotion[];
  /** Tax classes by SKU. */
  readonly taxClasses: ReadonlyMap<string, string>;
  /** Schedules by {@link taxKey}. */
  readonly taxes: ReadonlyMap<string, TaxSchedule>;
}

/** A priced line: `net = list - discount`, `total = net + tax`. */
export interface PricedLine extends LineToPrice {
  readonly price: UnitPrice;
  readonly unitPrice: Money;
  readonly list: Money;
  readonly discount: Money;
  readonly net: Money;
  readonly taxClass: string;
  readonly taxBasisPoints: number;
  readonly tax: Money;
  readonly total: Money;
}

/** Sums over priced lines. */
interface Totals {
  readonly list: Money;
  readonly discount: Money;
  readonly net: Money;
  readonly tax: Money;
  readonly total: Money;
}

/** What lines cost. */
export interface PricedLines {
  /** In the order asked. */
  readonly lines: readonly PricedLine[];
  readonly totals: Totals;
  readonly discounts: readonly Discount[];
  /** Lines without a price. */
  readonly unpriced: readonly LineToPrice[];
}

/** Where a schedule is found in a {@link PriceBook}. */
export const taxKey = (country: string, taxClass: string): string => `${country}/${taxClass}`;

/**
 * Prices lines. Lines of one SKU count together for its tier; the order's discount is shared among the lines by their
 * amounts with the largest remainders first; tax is rounded per line. The result does not depend on the order of the lines.
 *
 * @throws DomainError `LINE_ID_REPEATED` (invalid).
 */
export function priceLines(
  lines: readonly LineToPrice[],
  context: PriceContext,
  book: PriceBook,
): PricedLines {
  requireDistinctIds(lines);
  const { currency, country, time } = context;
  const units = unitsBySku(lines);
  const priced: { line: LineToPrice; price: UnitPrice; unitPrice: Money; list: Money }[] = [];
  const unpriced: LineToPrice[] = [];
  for (const line of lines) {
    const price = unitPriceFor(
      book.prices.get(line.sku) ?? [],
      book.lists,
      context,
      units.get(line.sku) ?? 0,
    );
    if (price === undefined) {
      unpriced.push(line);
      continue;
    }
    const unitPrice = Money.of(currency, price.unitPrice);
    priced.push({ line, price, unitPrice, list: unitPrice.times(line.quantity) });
  }

  const subtotal = Money.sum(
    currency,
    priced.map(({ list }) => list),
  );
  const discount = bestDiscount(book.promotions, subtotal, time);
  const shares = shareOut(
    discount,
    priced.map(({ line, list }) => ({ lineId: line.lineId, list })),
  );

  const result = priced.map(({ line, price, unitPrice, list }): PricedLine => {
    const share = shares.get(line.lineId) ?? Money.zero(currency);
    const net = list.minus(share);
    const taxClass = book.taxClasses.get(line.sku) ?? STANDARD_TAX_CLASS;
    const taxBasisPoints = rateAt(book.taxes.get(taxKey(country, taxClass)), time);
    const tax = taxOn(net, taxBasisPoints);
    return {
      ...line,
      price,
      unitPrice,
      list,
      discount: share,
      net,
      taxClass,
      taxBasisPoints,
      tax,
      total: net.plus(tax),
    };
  });
  return {
    lines: result,
    totals: totalsOf(currency, result),
    discounts: discount === undefined ? [] : [discount],
    unpriced,
  };
}

function requireDistinctIds(lines: readonly LineToPrice[]): void {
  const seen = new Set<string>();
  for (const [index, { lineId }] of lines.entries()) {
    if (seen.has(lineId))
      throw invalid('LINE_ID_REPEATED', 'Two lines have the same id.', {
        field: `lines[${index}].line_id`,
        metadata: { line_id: lineId },
      });
    seen.add(lineId);
  }
}

function unitsBySku(lines: readonly LineToPrice[]): Map<string, number> {
  const units = new Map<string, number>();
  for (const { sku, quantity } of lines) units.set(sku, (units.get(sku) ?? 0) + quantity);
  return units;
}

/** Equal remainders go by the lines' ids and not by their places, so that the order of the lines does not matter. */
function shareOut(
  discount: Discount | undefined,
  lines: readonly { lineId: string; list: Money }[],
): Map<string, Money> {
  if (discount === undefined) return new Map();
  const sorted = [...lines].sort((a, b) => (a.lineId < b.lineId ? -1 : 1));
  const shares = discount.amount.allocate(sorted.map(({ list }) => list.minor));
  return new Map(
    sorted.map(({ lineId }, index) => [lineId, shares[index] ?? Money.zero(discount.amount.currency)]),
  );
}

function totalsOf(currency: string, lines: readonly PricedLine[]): Totals {
  const sum = (of: (line: PricedLine) => Money): Money => Money.sum(currency, lines.map(of));
  return {
    list: sum((line) => line.list),
    discount: sum((line) => line.discount),
    net: sum((line) => line.net),
    tax: sum((line) => line.tax),
    total: sum((line) => line.total),
  };
}
