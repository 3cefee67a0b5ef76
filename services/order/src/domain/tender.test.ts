import { describe, expect, it } from '@jest/globals';
import { DomainError, Money } from '@souk/kernel';
import fc from 'fast-check';
import { type RequestedTender, resolveTenders } from './tender.ts';

const pence = (minor: bigint | number, currency = 'GBP') => Money.of(currency, minor);
const gift = (amount: Money | undefined, code = 'CODE'): RequestedTender => ({
  means: { kind: 'gift-card', code },
  amount,
});
const credit = (amount: Money | undefined): RequestedTender => ({ means: { kind: 'store-credit' }, amount });
const card = (amount: Money | undefined): RequestedTender => ({
  means: { kind: 'card', token: 'pm_card_visa' },
  amount,
});
const saved = (amount: Money | undefined): RequestedTender => ({
  means: { kind: 'saved-card', methodId: 'a' },
  amount,
});

function reasonOf(requested: readonly RequestedTender[], total: Money): string | undefined {
  try {
    resolveTenders(requested, total);
    return undefined;
  } catch (error) {
    if (error instanceof DomainError) return error.reason;
    throw error;
  }
}

describe('resolveTenders', () => {
  it('gives the tender without an amount what the others leave', () => {
    const resolved = resolveTenders([gift(pence(300)), card(undefined), credit(pence(50))], pence(1_000));
    expect(resolved.map(({ means, amount }) => [means.kind, amount.minor])).toEqual([
      ['gift-card', 300n],
      ['card', 650n],
      ['store-credit', 50n],
    ]);
  });

  it('leaves a remainder of nothing out', () => {
    expect(resolveTenders([gift(pence(1_000)), card(undefined)], pence(1_000))).toEqual([gift(pence(1_000))]);
    expect(resolveTenders([card(undefined)], pence(0))).toEqual([]);
    expect(resolveTenders([], pence(0))).toEqual([]);
  });

  it.each<[string, readonly RequestedTender[]]>([
    ['too little', [gift(pence(999))]],
    ['too much', [gift(pence(1_001))]],
    ['too much before the remainder', [gift(pence(1_001)), card(undefined)]],
    ['nothing', [gift(pence(1_000)), card(pence(0))]],
    ['less than nothing', [gift(pence(1_100)), card(pence(-100))]],
    ['two remainders', [gift(undefined), card(undefined)]],
    ['two cards', [saved(pence(500)), card(pence(500))]],
    ['another currency', [gift(pence(1_000, 'EUR'))]],
  ])('refuses %s', (_, requested) => {
    expect(reasonOf(requested, pence(1_000))).toBe('TENDERS_INVALID');
  });

  it('asks for a means when there is something to pay', () => {
    expect(reasonOf([], pence(1))).toBe('PAYMENT_METHOD_REQUIRED');
  });

  const amount = fc.option(fc.bigInt({ min: -5n, max: 500n }).map(pence), { nil: undefined });
  const anything = fc.oneof(...[gift, credit, card, saved].map((make) => amount.map((it) => make(it))));

  it('adds up to the total with nothing negative, or refuses, whatever is asked for', () => {
    fc.assert(
      fc.property(
        fc.array(anything, { maxLength: 6 }),
        fc.bigInt({ min: 0n, max: 1_000n }),
        (requested, total) => {
          if (reasonOf(requested, pence(total)) !== undefined) return;
          const resolved = resolveTenders(requested, pence(total));
          expect(
            Money.sum(
              'GBP',
              resolved.map((it) => it.amount),
            ).minor,
          ).toBe(total);
          expect(resolved.every((it) => it.amount.minor > 0n)).toBe(true);
        },
      ),
    );
  });

  it('accepts every way to cut a total, with and without a remainder', () => {
    const parts = fc.array(fc.bigInt({ min: 1n, max: 10n ** 9n }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(parts, fc.option(fc.nat(5), { nil: undefined }), (cut, open) => {
        const total = cut.reduce((sum, part) => sum + part, 0n);
        const requested = cut.map((part, index) => gift(index === open ? undefined : pence(part)));
        expect(resolveTenders(requested, pence(total)).map((it) => it.amount.minor)).toEqual(cut);
      }),
    );
  });
});
