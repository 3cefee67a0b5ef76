import { describe, expect, it } from '@jest/globals';
import { Money } from '@souk/kernel';
import fc from 'fast-check';
import { codeFrom, type GiftCard, normalCode, requireUsable } from './gift-card.ts';

describe('a gift card’s code', () => {
  it('is read as it was written, however it is typed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 10, maxLength: 10 }), (bytes) => {
        const code = codeFrom(bytes);
        expect(code).toMatch(/^([0-9A-Z]{4}-){3}[0-9A-Z]{4}$/);
        const plain = code.replaceAll('-', '');
        expect(normalCode(code)).toBe(plain);
        expect(normalCode(` ${plain.toLowerCase().replaceAll('0', 'o').replaceAll('1', 'l')} `)).toBe(plain);
      }),
    );
  });

  it('differs for different bytes, and nothing else is one', () => {
    expect(codeFrom(new Uint8Array(10))).toBe('0000-0000-0000-0000');
    expect(codeFrom(new Uint8Array(10).fill(255))).toBe('ZZZZ-ZZZZ-ZZZZ-ZZZZ');
    expect(normalCode('0000-0000-0000')).toBeUndefined();
    expect(normalCode('0000-0000-0000-000U')).toBeUndefined();
  });
});

describe('requireUsable', () => {
  const now = new Date('2026-01-02T00:00:00Z');
  const card: GiftCard = {
    id: 'g',
    lastCharacters: 'ABCD',
    initialAmount: Money.of('GBP', 1_000),
    balance: Money.of('GBP', 1_000),
    held: Money.zero('GBP'),
    isDisabled: false,
    expireTime: new Date('2026-01-03T00:00:00Z'),
    note: '',
    createTime: now,
  };

  it('refuses what is disabled or over', () => {
    expect(() => requireUsable(card, now)).not.toThrow();
    expect(() => requireUsable({ ...card, isDisabled: true }, now)).toThrow('cannot be used');
    expect(() => requireUsable({ ...card, expireTime: now }, now)).toThrow('cannot be used');
  });
});
