import { describe, expect, it } from '@jest/globals';
import { readInvoiceFile, parseInvoices } from '../sample-data/invoice-line.ts';
import { SAMPLE_FILE } from '../sample-data/sample-file.ts';
import { deriveShop, HOME_TAX, PROMOTION } from '../sample-data/sample-shop.ts';
import { Books, differences } from './books.ts';
import { expectedBooks } from './expected.ts';
import { matchCredits } from './match-credits.ts';
import { planInvoices } from './plan.ts';
import { priceOrder, refundOf, type ShopRules } from './price-order.ts';

const HEAD = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';
const planOf = (...rows: string[]) => {
  const { lines, badRows } = parseInvoices([HEAD, ...rows].join('\n'));
  return planInvoices(lines, badRows);
};

const rules: ShopRules = {
  tiers: new Map([
    [
      'A',
      [
        { minQuantity: 1, unitPence: 100 },
        { minQuantity: 10, unitPence: 80 },
      ],
    ],
    ['B', [{ minQuantity: 1, unitPence: 33 }]],
  ]),
  promotion: { thresholdPence: 1_000, basisPoints: 500 },
  taxes: new Map([['GB', 2_000]]),
};

describe('planning', () => {
  it('counts lines of one SKU together and leaves nothing out silently', () => {
    const { invoices, leftOut } = planOf(
      '1,22423,CAKESTAND,2,2010-12-01 08:26:00,1.00,7,France',
      '1,22423,CAKESTAND,3,2010-12-01 08:26:00,1.10,7,France',
      '1,POST,POSTAGE,1,2010-12-01 08:26:00,18.00,7,France',
      '2,22423,CAKESTAND,1,2010-12-01 08:27:00,1.00,,Unspecified',
      'C3,22423,CAKESTAND,-4,2010-12-01 08:28:00,1.00,7,France',
      '4,22423,CAKESTAND,x,2010-12-01 08:28:00,1.00,7,France',
    );
    expect(invoices.map(({ kind, invoiceNo, country, lines }) => [kind, invoiceNo, country, lines])).toEqual([
      ['order', '1', 'FR', [{ sku: '22423', quantity: 5, invoicedPence: 530 }]],
      ['credit', 'C3', 'FR', [{ sku: '22423', quantity: 4, invoicedPence: -400 }]],
    ]);
    expect([...leftOut].map(([reason, { rows }]) => `${reason} ${rows}`)).toEqual([
      'bad row: quantity is not a whole number 1',
      'not a product: postage 1',
      'country that is none: Unspecified 1',
    ]);
  });
});

describe('matching credit notes', () => {
  const { invoices } = planOf(
    '1,22423,CAKESTAND,5,2010-12-01 08:00:00,1.00,7,France',
    '2,22423,CAKESTAND,5,2010-12-02 08:00:00,1.00,7,France',
    '3,22423,CAKESTAND,5,2010-12-02 09:00:00,1.00,8,France',
    'C4,22423,CAKESTAND,-7,2010-12-03 08:00:00,1.00,7,France',
    'C5,22423,CAKESTAND,-9,2010-12-04 08:00:00,1.00,7,France',
    'C6,22423,CAKESTAND,-1,2010-12-04 08:00:00,1.00,,France',
  );
  const { returns, unmatched } = matchCredits(invoices);

  it('takes back from the latest orders of the same customer, each unit once', () => {
    expect(returns.map(({ creditNo, orderInvoiceNo, lines }) => [creditNo, orderInvoiceNo, lines])).toEqual([
      ['C4', '2', [{ sku: '22423', quantity: 5 }]],
      ['C4', '1', [{ sku: '22423', quantity: 2 }]],
      ['C5', '1', [{ sku: '22423', quantity: 3 }]],
    ]);
  });

  it('lists what no order is left for', () => {
    expect(unmatched.map(({ creditNo, quantity, pence }) => [creditNo, quantity, pence])).toEqual([
      ['C5', 6, -600],
      ['C6', 1, -100],
    ]);
  });
});

describe('the independent calculation', () => {
  const order = (...lines: [string, number][]) => ({
    country: 'GB',
    lines: lines.map(([sku, quantity]) => ({ sku, quantity })),
  });

  it('takes the tier that the quantity reaches and taxes each line', () => {
    expect(priceOrder(order(['A', 9], ['B', 1]), rules)).toEqual([
      { sku: 'A', quantity: 9, gross: 900, discount: 0, tax: 180 },
      { sku: 'B', quantity: 1, gross: 33, discount: 0, tax: 7 },
    ]);
  });

  it('spreads the discount so that it sums up, the largest remainders first', () => {
    const priced = priceOrder(order(['A', 12], ['B', 3], ['B', 3]), rules);
    // 5 % of 1,158 is 57.9, hence 58: 48.08, 4.96, 4.96.
    expect(priced.map(({ gross, discount, tax }) => [gross, discount, tax])).toEqual([
      [960, 48, 182],
      [99, 5, 19],
      [99, 5, 19],
    ]);
    expect(priceOrder({ ...order(['A', 10]), country: 'FR' }, rules)[0]?.tax).toBe(0);
  });

  it('refunds unit by unit, in all exactly what was paid', () => {
    const line = { sku: 'A', quantity: 7, gross: 1_003, discount: 50, tax: 191 };
    const parts = [refundOf(line, 0, 2), refundOf(line, 2, 4), refundOf(line, 6, 1)];
    expect(parts.reduce((sum, { net }) => sum + net, 0)).toBe(953);
    expect(parts.reduce((sum, { tax }) => sum + tax, 0)).toBe(191);
  });

  it('keeps books by day and SKU and tells differences', () => {
    const { invoices } = planOf(
      '1,22423,CAKESTAND,5,2010-12-01 08:00:00,1.20,7,United Kingdom',
      'C2,22423,CAKESTAND,-2,2010-12-03 08:00:00,1.20,7,United Kingdom',
    );
    const tiers = new Map([['22423', [{ minQuantity: 1, unitPence: 100 }]]]);
    const expected = expectedBooks(invoices, matchCredits(invoices).returns, { ...rules, tiers });
    expect(expected.books.totals()).toEqual({
      orders: 1,
      units: 5,
      returnedUnits: 2,
      gross: 500,
      discount: 0,
      refund: 200,
      net: 300,
      tax: 60,
    });
    expect(expected).toMatchObject({
      charged: 600,
      refunded: 240,
      deviation: { lines: 1, above: 100, below: 0 },
    });
    expect(expected.unitsGone).toEqual(new Map([['22423', 3]]));
    const other = new Books();
    for (const [key, figures] of expected.books.cells) {
      const [day = '', sku = ''] = key.split(' ');
      other.add(day, sku, figures);
    }
    expect(differences(expected.books, other)).toEqual(['2010-12-01 orders 1 ≠ 0']);
    expect(differences(expected.books, expected.books.since(new Books()))).toEqual([]);
  });
});

describe('December 2010', () => {
  const { lines, badRows } = readInvoiceFile(SAMPLE_FILE);
  const plan = planInvoices(lines, badRows);
  const { returns, unmatched } = matchCredits(plan.invoices);
  const shop = deriveShop(lines);

  it('accounts for every row', () => {
    const played = plan.invoices
      .flatMap(({ lines: own }) => own)
      .reduce((sum, { invoicedPence }) => sum + invoicedPence, 0);
    const left = [...plan.leftOut.values()].reduce((sum, { pence }) => sum + pence, 0);
    expect(played + left).toBe(lines.reduce((sum, { quantity, unitPence }) => sum + quantity * unitPence, 0));
    expect(returns.length).toBeGreaterThan(50);
    expect(unmatched.length).toBeGreaterThan(0);
  });

  it('can be priced as a whole, with stock for all of it', () => {
    const expected = expectedBooks(plan.invoices, returns, {
      tiers: new Map(shop.prices.map(({ sku, tiers }) => [sku, tiers])),
      promotion: PROMOTION,
      taxes: new Map([[HOME_TAX.country, HOME_TAX.basisPoints]]),
    });
    const { orders, gross, discount, refund, net } = expected.books.totals();
    expect(orders).toBe(plan.invoices.filter(({ kind }) => kind === 'order').length);
    expect(net).toBe(gross - discount - refund);
    for (const [sku, units] of expected.unitsGone)
      expect(shop.openingStock.get(sku)).toBeGreaterThanOrEqual(units);
  });
});
