import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { csvRow } from './csv.ts';

describe('csvRow', () => {
  it('quotes what has commas, quotes and line breaks', () => {
    expect(csvRow(['a', 'b,c', 'd"e', 'f\ng', ''])).toBe('a,"b,c","d""e","f\ng",\r\n');
  });

  it.each(['=1+1', '+1 2', '-2+3', '@SUM(A1)', '\t=1', '\r=1', '＝1+1'])('disarms %j', (formula) => {
    expect(csvRow([formula]).replace(/^"/, '').startsWith("'")).toBe(true);
  });

  it('leaves numbers alone', () => {
    expect(csvRow(['-12.50', '3', '0.5'])).toBe('-12.50,3,0.5\r\n');
  });

  it('lets no cell begin like a formula, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const cell = csvRow([text]).slice(0, -2).replace(/^"/, '');
        expect(/^[=+@\t\r]/.test(cell)).toBe(false);
        expect(/^-/.test(cell) && !/^-?\d/.test(cell)).toBe(false);
      }),
    );
  });
});
