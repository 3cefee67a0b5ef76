import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { describe, expect, it } from '@jest/globals';
import { MoneySchema } from '@souk/gen/google/type/money_pb';
import { LoginRequestSchema } from '@souk/gen/souk/identity/v1/identity_service_pb';
import { ListReviewsRequestSchema } from '@souk/gen/souk/review/v1/review_service_pb';
import { DomainError, exponentOf, Money, newId } from '@souk/kernel';
import fc from 'fast-check';
import {
  encodeField,
  etagOf,
  fingerprintOf,
  moneyFromProto,
  moneyToProto,
  PageTokens,
  redacted,
  versionOf,
} from '../index.ts';

describe('money on the wire', () => {
  it('comes back as it went, in any currency', () => {
    const currency = fc.constantFrom('GBP', 'JPY', 'KWD', 'CLF');
    fc.assert(
      fc.property(currency, fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }), (code, minor) => {
        const money = Money.of(code, minor);
        expect(moneyFromProto(moneyToProto(money), 'price').equals(money)).toBe(true);
        expect(exponentOf(code)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it.each([
    ['a fraction of a penny', { currencyCode: 'GBP', units: 1n, nanos: 5_000_000 }],
    ['signs that differ', { currencyCode: 'GBP', units: 1n, nanos: -500_000_000 }],
    ['no currency', { currencyCode: '', units: 1n, nanos: 0 }],
    ['nanos out of range', { currencyCode: 'GBP', units: 0n, nanos: 1_000_000_000 }],
  ])('is refused with its field when it has %s', (_what, init) => {
    const refuse = (): Money => moneyFromProto(create(MoneySchema, init), 'items[2].price');
    expect(refuse).toThrow(DomainError);
    expect(refuse).toThrow(
      expect.objectContaining({ violations: [expect.objectContaining({ field: 'items[2].price' })] }),
    );
  });
});

describe('page tokens', () => {
  const tokens = new PageTokens('secret');
  const request = create(ListReviewsRequestSchema, { productId: newId(), pageSize: 10 });
  const fingerprint = fingerprintOf(ListReviewsRequestSchema, request);

  it('carry a cursor for the same arguments, whatever the page size', () => {
    const token = tokens.encode(['2026-01-01', 'b'], fingerprint);
    const next = { ...request, pageToken: token, pageSize: 50 };
    expect(tokens.decode(token, fingerprintOf(ListReviewsRequestSchema, next))).toEqual(['2026-01-01', 'b']);
    expect(tokens.decode('', fingerprint)).toBeUndefined();
  });

  it('are refused when changed, made up, or used with other arguments', () => {
    const token = tokens.encode(['a'], fingerprint);
    const other = fingerprintOf(ListReviewsRequestSchema, { ...request, productId: newId() });
    expect(() => tokens.decode(token, other)).toThrow(/page token/);
    expect(() => tokens.decode(`${token}xx`, fingerprint)).toThrow(/page token/);
    expect(() => tokens.decode('bm9uc2Vuc2U', fingerprint)).toThrow(/page token/);
    expect(() => new PageTokens('other').decode(token, fingerprint)).toThrow(/page token/);
  });
});

describe('etags', () => {
  it('name a version', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 63n }), (version) =>
        expect(versionOf(etagOf(version))).toBe(version),
      ),
    );
    expect(() => versionOf('W/"1"')).toThrow(/etag/);
  });
});

describe('encoded fields', () => {
  it('concatenate to the message that holds them', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 400 }), (code) => {
        const field = encodeField(1, new TextEncoder().encode(code));
        expect(fromBinary(MoneySchema, field).currencyCode).toBe(
          new TextDecoder().decode(new TextEncoder().encode(code)),
        );
        if (code !== '')
          expect(field).toEqual(
            toBinary(MoneySchema, create(MoneySchema, { currencyCode: code.toWellFormed() })),
          );
      }),
    );
  });
});

describe('redaction', () => {
  it('hides what the contract calls sensitive', () => {
    const login = create(LoginRequestSchema, { email: 'ann@example.com', password: 'correct horse' });
    expect(JSON.stringify(redacted(LoginRequestSchema, login))).not.toMatch(/ann|horse/);
  });
});
