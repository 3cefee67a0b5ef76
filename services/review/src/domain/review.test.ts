import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NO_RATINGS, summarise } from './rating.ts';
import { type Draft, isRetry, publish, type Review, withdraw } from './review.ts';

const draft: Draft = {
  productId: 'p',
  customerId: 'c',
  rating: 4,
  title: 'Good',
  body: 'Holds tea.',
  locale: 'en-GB',
  authorName: 'Ada',
  requestId: 'r1',
  fingerprint: 'f1',
};
const now = new Date(0);

function withdrawn(review: Review): Review {
  const next = withdraw(review);
  if (next === undefined) throw new Error('it was withdrawn already');
  return next;
}

describe('a review', () => {
  it('is one per customer and product', () => {
    const published = publish('id', undefined, draft, now);
    expect(() => publish('id', published, { ...draft, requestId: 'r2' }, now)).toThrow(
      expect.objectContaining({ reason: 'REVIEW_EXISTS' }),
    );
  });

  it('goes on counting its versions when it is withdrawn and written anew', () => {
    const again = publish(
      'id',
      withdrawn(publish('id', undefined, draft, now)),
      { ...draft, rating: 1 },
      now,
    );
    expect(again).toMatchObject({ version: 3, published: true, rating: 1 });
    expect(again.effects).toEqual([
      { id: 'id:1', rating: 4, change: 1 },
      { id: 'id:2', rating: 4, change: -1 },
      { id: 'id:3', rating: 1, change: 1 },
    ]);
  });

  it('is withdrawn once', () => {
    expect(withdraw(withdrawn(publish('id', undefined, draft, now)))).toBeUndefined();
  });

  it('knows its retry, and refuses its id for another request', () => {
    const published = publish('id', undefined, draft, now);
    expect(isRetry(published, draft)).toBe(true);
    expect(isRetry(published, { ...draft, requestId: '' })).toBe(false);
    expect(() => isRetry(published, { ...draft, fingerprint: 'f2' })).toThrow(
      expect.objectContaining({ reason: 'REQUEST_ID_REUSED' }),
    );
  });
});

describe('summarise', () => {
  it('counts and averages', () => {
    expect(summarise(NO_RATINGS)).toEqual({ count: 0, mean: 0 });
    expect(summarise([1, 0, 0, 0, 3])).toEqual({ count: 4, mean: 4 });
  });

  it('stays between the lowest and the highest rating', () => {
    const many = fc.nat(1_000);
    fc.assert(
      fc.property(many, many, many, many, many, (...counts) => {
        const { count, mean } = summarise(counts);
        expect(count === 0 ? mean === 0 : mean >= 1 && mean <= 5).toBe(true);
      }),
    );
  });
});
