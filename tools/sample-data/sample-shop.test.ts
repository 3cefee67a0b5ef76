import { describe, expect, it } from '@jest/globals';
import { categoryOf, sampleCategories } from './categories.ts';
import { classify } from './classify.ts';
import { parseInvoices, penceOf, readInvoiceFile } from './invoice-line.ts';
import { tiersOf } from './prices.ts';
import { deriveProducts } from './products.ts';
import { SAMPLE_FILE } from './sample-file.ts';
import { deriveShop, extendShop } from './sample-shop.ts';
import { slugOf, titleOf } from './wording.ts';

const HEAD = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';
const csv = (...rows: string[]): string => [HEAD, ...rows].join('\n');
const line = (row: string) => {
  const [parsed] = parseInvoices(csv(row)).lines;
  if (parsed === undefined) throw new Error('the row cannot be read');
  return parsed;
};

describe('reading invoices', () => {
  it('reads amounts in pence, dates in UTC, codes in capitals, customers as numbers', () => {
    expect(line('536365,85123a,"LANTERN, WHITE",6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom')).toEqual({
      row: 1,
      invoiceNo: '536365',
      stockCode: '85123A',
      description: 'LANTERN, WHITE',
      quantity: 6,
      time: new Date('2010-12-01T08:26:00Z'),
      unitPence: 255,
      customerId: '17850',
      country: 'United Kingdom',
    });
  });

  it('lists rows that it cannot read with the reason', () => {
    const { lines, badRows } = parseInvoices(
      csv(
        '1,22423,CAKESTAND,1.5,2010-12-01 08:26:00,2.55,,France',
        '1,22423,CAKESTAND,1,2010-12-01 08:26:00,2.555,,France',
        '1,22423,CAKESTAND,1,yesterday,2.55,,France',
        '1,,CAKESTAND,1,2010-12-01 08:26:00,2.55,,France',
        '1,22423',
      ),
    );
    expect(lines).toEqual([]);
    expect(badRows.map(({ row, reason }) => `${row} ${reason}`)).toEqual([
      '1 quantity is not a whole number',
      '2 price is not an amount of whole pence',
      '3 date cannot be read',
      '4 invoice, stock code or country missing',
      '5 invoice, stock code or country missing',
    ]);
  });

  it('refuses a file without the columns', () => {
    expect(() => parseInvoices('a,b\n1,2')).toThrow(/InvoiceNo/);
  });

  it.each([
    ['2.5', 250],
    ['-0.01', -1],
    ['11062.06', 1_106_206],
    ['1.20000', 120],
    ['', undefined],
    ['1e3', undefined],
  ])('reads %s as %s pence', (amount, pence) => {
    expect(penceOf(amount)).toBe(pence);
  });
});

describe('classifying lines', () => {
  it.each([
    ['536365,85123A,LANTERN,6,2010-12-01 08:26:00,2.55,17850,France', 'sale'],
    ['C536365,85123A,LANTERN,-6,2010-12-01 08:26:00,2.55,17850,France', 'credit'],
    ['536365,POST,POSTAGE,1,2010-12-01 08:26:00,18,17850,France', 'not a product: postage'],
    ['536365,M,Manual,1,2010-12-01 08:26:00,1,,France', 'not a product: manual entry'],
    ['536365,GIFT_0001_40,VOUCHER,1,2010-12-01 08:26:00,34,,France', 'not a product: gift voucher'],
    [
      '536365,22423,damages,-5,2010-12-01 08:26:00,0,,France',
      'stock correction (negative quantity, no credit note)',
    ],
    ['536365,22423,FREE,5,2010-12-01 08:26:00,0,,France', 'price of zero'],
  ])('%s is %s', (row, expected) => {
    const kind = classify(line(row));
    expect(kind.kind === 'left-out' ? kind.reason : kind.kind).toBe(expected);
  });
});

describe('deriving prices', () => {
  const sale = (quantity: number, unitPence: number) => ({ quantity, unitPence });

  it('takes the price of most lines and tiers from where most lines were cheaper', () => {
    const sales = [
      ...Array.from({ length: 6 }, () => sale(2, 295)),
      ...Array.from({ length: 3 }, () => sale(32, 255)),
      sale(64, 255),
      sale(1, 579),
    ];
    expect(tiersOf(sales)).toEqual([
      { minQuantity: 1, unitPence: 295 },
      { minQuantity: 32, unitPence: 255 },
    ]);
  });

  it('makes no tier of single cheap sales or of cheap sales that larger quantities did not get', () => {
    const often = Array.from({ length: 9 }, (_, index) => sale(index + 1, 100));
    expect(tiersOf([...often, sale(20, 50)])).toHaveLength(1);
    expect(
      tiersOf([
        ...often,
        ...often.map(({ quantity }) => sale(quantity * 20, 100)),
        sale(2, 90),
        sale(2, 90),
        sale(2, 90),
      ]),
    ).toHaveLength(1);
  });
});

describe('deriving products', () => {
  const goods = (code: string, description: string) =>
    line(`1,${code},${description},1,2010-12-01 08:26:00,1,,France`);

  it('names a SKU by its most frequent real description', () => {
    const [product] = deriveProducts([
      goods('22423', ' REGENCY CAKESTAND  3 TIER '),
      goods('22423', 'damages'),
      goods('22423', 'damages'),
    ]);
    expect(product).toMatchObject({
      handle: 'regency-cakestand-3-tier-22423',
      title: 'Regency Cakestand 3 Tier',
      categoryIds: ['baking'],
    });
  });

  it('makes variants of codes that share their digits and enough words', () => {
    const products = deriveProducts([
      goods('15056BL', 'EDWARDIAN PARASOL BLACK'),
      goods('15056N', 'EDWARDIAN PARASOL NATURAL'),
      goods('84029E', 'RED WOOLLY HOTTIE WHITE HEART'),
      goods('84029G', 'KNITTED UNION FLAG HOT WATER BOTTLE'),
    ]);
    expect(products.map(({ title, variants }) => [title, variants.map(({ sku }) => sku)])).toEqual([
      ['Edwardian Parasol', ['15056BL', '15056N']],
      ['Red Woolly Hottie White Heart', ['84029E']],
      ['Knitted Union Flag Hot Water Bottle', ['84029G']],
    ]);
    expect(products[0]?.variants[0]?.options).toEqual({ design: 'BL' });
  });

  it('writes titles and addresses', () => {
    expect(titleOf("SET OF 3 T-LIGHTS & CHILD'S BOX")).toBe("Set of 3 T-Lights & Child's Box");
    expect(slugOf("POPPY'S PLAYHOUSE  (BEDROOM)")).toBe('poppys-playhouse-bedroom');
    expect(categoryOf('HAND WARMER UNION JACK')).toBe('textiles');
  });
});

describe('the shop of December 2010', () => {
  const { lines, badRows } = readInvoiceFile(SAMPLE_FILE);
  const shop = deriveShop(lines);
  const skus = shop.products.flatMap(({ variants }) => variants.map(({ sku }) => sku));

  it('holds every product code once, each with a category, a handle of its own and stock', () => {
    const codes = new Set(
      lines.map(({ stockCode }) => stockCode).filter((code) => /^(\d{5}|DCGS)/.test(code)),
    );
    expect(new Set(skus)).toEqual(codes);
    expect(skus).toHaveLength(codes.size);
    expect(badRows).toEqual([]);
    expect(new Set(shop.products.map(({ handle }) => handle)).size).toBe(shop.products.length);
    expect(shop.products.every(({ handle }) => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(handle))).toBe(true);
    const categories = new Set(sampleCategories().map(({ categoryId }) => categoryId));
    expect(shop.products.every(({ categoryIds }) => categoryIds.every((id) => categories.has(id)))).toBe(
      true,
    );
    expect([...shop.openingStock.values()].every((units) => units >= 100)).toBe(true);
  });

  it('prices everything that was sold, cheaper with quantity', () => {
    expect(shop.prices.length).toBeGreaterThan(2_700);
    for (const { tiers } of shop.prices) {
      expect(tiers[0]?.minQuantity).toBe(1);
      for (const [index, tier] of tiers.slice(1).entries()) {
        const before = tiers[index];
        expect(tier.minQuantity).toBeGreaterThan(before?.minQuantity ?? 0);
        expect(tier.unitPence).toBeLessThan(before?.unitPence ?? 0);
      }
    }
    expect(shop.prices.find(({ sku }) => sku === '85123A')?.tiers).toEqual([
      { minQuantity: 1, unitPence: 295 },
      { minQuantity: 12, unitPence: 255 },
    ]);
  });

  it('is extended for another month by what it does not have or never priced', () => {
    const draft = shop.products.find(({ variants }) =>
      variants.every(({ sku }) => !shop.prices.some((price) => price.sku === sku)),
    );
    const unpriced = draft?.variants[0]?.sku ?? '';
    const extra = extendShop(
      shop,
      parseInvoices(
        csv(
          `1,${unpriced},WHATEVER IT IS,1,2011-01-04 08:26:00,2.55,,France`,
          '1,99998A,NEW RED MUG,1,2011-01-04 08:26:00,3.00,,France',
          '1,99998B,NEW RED MUG,1,2011-01-04 08:26:00,3.00,,France',
          '1,85123A,KNOWN,1,2011-01-04 08:26:00,9.99,,France',
        ),
      ).lines,
    );
    expect(extra.products.map(({ handle }) => handle)).toEqual([draft?.handle, 'item-99998a', 'item-99998b']);
    expect(extra.prices.map(({ sku }) => sku).sort()).toEqual([unpriced, '99998A', '99998B'].sort());
    expect([...extra.openingStock.keys()]).toEqual(['99998A', '99998B']);
  });

  it('is the same every time', () => {
    expect(deriveShop(readInvoiceFile(SAMPLE_FILE).lines)).toEqual(shop);
  });
});
