import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Money } from '@souk/kernel';
import type { Content } from '../domain/content.ts';
import { formatMoney, letterWriter } from './letter-writer.ts';
import { loadTemplates } from './templates.ts';

const gbp = (minor: bigint): Money => Money.of('GBP', minor);
const lines = [{ title: 'Mug <b>"red"</b> & co', sku: 'M-1', quantity: 2, total: gbp(2_400n) }];
const confirmed: Content = {
  template: 'order-confirmed',
  orderId: 'order-1',
  orderTime: new Date('2026-03-01T23:30:00Z'),
  lines,
  subtotal: gbp(2_500n),
  discount: gbp(500n),
  tax: gbp(400n),
  total: gbp(2_400n),
};
const refunded: Content[] = [
  { template: 'order-cancelled', orderId: 'order-1', lines, refund: gbp(2_400n) },
  { template: 'return-refunded', orderId: 'order-1', lines, refund: gbp(2_400n) },
  { template: 'order-lines-cancelled', orderId: 'order-1', lines, refund: gbp(2_400n) },
];
const items = lines.map(({ title, sku, quantity }) => ({ title, sku, quantity }));
const shipped = {
  template: 'order-shipped',
  orderId: 'order-1',
  lines: items,
  carrier: 'Parcels & Co',
  trackingNumber: 'PC-77',
  trackingUrl: 'https://parcels.example/?n=77&c=gb',
} as const;
const edited = {
  template: 'order-edited',
  orderId: 'order-1',
  added: lines,
  removed: lines,
  difference: gbp(0n),
} as const;
const later: Content[] = [
  shipped,
  { template: 'order-delivered', orderId: 'order-1', lines: items },
  { template: 'order-expired', orderId: 'order-1' },
  edited,
];
const writer = letterWriter(loadTemplates(), 'Souk', 'https://souk.example');
const reader = (locale: string, name = ''): { address: string; name: string; locale: string } => ({
  address: 'a@b.example',
  name,
  locale,
});

describe('letters', () => {
  it.each(['en-GB', 'de-DE', 'fr', ''])('can all be written for %p', (locale) => {
    for (const content of [confirmed, ...refunded, ...later, { template: 'welcome' } as const]) {
      const { subject, text, html } = writer.write(content, reader(locale, 'Ada'));
      expect(subject).toContain('Souk');
      for (const part of [subject, text, html]) expect(part).not.toMatch(/\{\{|undefined|\[object/);
      expect(html).toContain('Ada');
      expect(text).toContain('Ada');
    }
  });

  it('escape markup in HTML and leave text as it is', () => {
    const { text, html } = writer.write(confirmed, reader('en', '<script>alert(1)</script>'));
    expect(html).not.toContain('<script>');
    expect(html).not.toContain('<b>');
    expect(html).toContain('Mug &lt;b&gt;&quot;red&quot;&lt;/b&gt; &amp; co');
    expect(text).toContain('2 × Mug <b>"red"</b> & co (M-1): £24.00');
  });

  it('are in the reader’s language, money and dates as written there, else in English', () => {
    expect(writer.write(confirmed, reader('de-AT')).text).toContain('1. März 2026');
    expect(writer.write(confirmed, reader('de-DE')).text).toContain('Gesamt: 24,00\u00a0£');
    expect(writer.write(confirmed, reader('fr-FR')).text).toContain('Total: £24.00');
    expect(writer.write(confirmed, reader('en-US')).text).toContain('March 1, 2026');
    expect(writer.write(confirmed, reader('%%')).text).toContain('1 March 2026');
  });

  it('show a discount only where there is one, and only the first lines of a long order', () => {
    expect(writer.write(confirmed, reader('en')).text).toContain('Discount: -£5.00');
    const many = Array.from({ length: 53 }, () => ({ title: 'T', sku: 'S', quantity: 1, total: gbp(1n) }));
    const { text } = writer.write({ ...confirmed, lines: many, discount: gbp(0n) }, reader('en'));
    expect(text).not.toContain('Discount');
    expect(text).toContain('… and 3 more.');
    expect(text.match(/1 × T/g)).toHaveLength(50);
  });
});

describe('the letter of a parcel', () => {
  it('says who carries it and where to follow it', () => {
    const { text, html } = writer.write(shipped, reader('en'));
    expect(text).toContain('2 × Mug <b>"red"</b> & co (M-1)\n');
    expect(text).toContain('Carrier: Parcels & Co\nTracking number: PC-77\n');
    expect(text).toContain('Follow your parcel: https://parcels.example/?n=77&c=gb');
    expect(html).toContain('href="https://parcels.example/?n&#x3D;77&amp;c&#x3D;gb"');
    expect(writer.write(shipped, reader('de')).text).toContain('Sendungsnummer: PC-77');
  });

  it('leaves out what is not known, and links that are no pages', () => {
    for (const trackingUrl of ['', 'javascript:alert(1)', 'PC-77']) {
      const bare = { ...shipped, carrier: '', trackingNumber: '', trackingUrl };
      const { text, html } = writer.write(bare, reader('en'));
      expect(text).not.toMatch(/Carrier|Tracking|Follow|javascript/);
      expect(html).not.toMatch(/Carrier|Tracking|href|javascript/);
    }
  });
});

describe('the letter of an edit', () => {
  it('says what came, what went, and what that costs', () => {
    const text = (changes: object): string => writer.write({ ...edited, ...changes }, reader('en')).text;
    expect(text({ difference: gbp(350n) })).toMatch(
      /Added:\n2 × [^]*Taken out:\n2 × [^]*Additional amount: £3\.50/,
    );
    expect(text({ difference: gbp(-350n) })).toContain('Refund: £3.50');
    expect(text({})).not.toMatch(/Refund|Additional/);
    expect(text({ added: [] })).not.toContain('Added');
    expect(text({ removed: [] })).not.toContain('Taken out');
    expect(writer.write({ ...edited, difference: gbp(350n) }, reader('de')).text).toContain(
      'Zusätzlicher Betrag: 3,50',
    );
  });
});

describe('templates', () => {
  it('that use a variable they are not given are refused at start', () => {
    const folder = mkdtempSync(join(tmpdir(), 'souk-templates-'));
    const own = join(import.meta.dirname, 'templates');
    for (const file of readdirSync(own).filter((name) => name.includes('.en.')))
      writeFileSync(join(folder, file), readFileSync(join(own, file)));
    writeFileSync(join(folder, 'layout.html.hbs'), readFileSync(join(own, 'layout.html.hbs')));
    expect(() => loadTemplates(folder)).not.toThrow();
    writeFileSync(join(folder, 'welcome.en.text.hbs'), 'Hello\n\n{{refund}}');
    expect(() => loadTemplates(folder)).toThrow(/welcome\.en\.text.*refund/);
  });
});

describe('formatMoney', () => {
  it('is exact, whatever the size and the currency', () => {
    expect(formatMoney(gbp(9_007_199_254_740_993_01n), 'en-GB')).toBe('£9,007,199,254,740,993.01');
    expect(formatMoney(Money.of('JPY', 1_234n), 'en-GB')).toBe('JP¥1,234');
    expect(formatMoney(Money.of('KWD', 1_234n), 'en-GB')).toBe('KWD\u00a01.234');
  });
});
