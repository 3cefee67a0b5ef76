import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeResumeToken, encodeResumeToken } from './resume-token.ts';

const seenVersions = fc.dictionary(fc.string({ minLength: 1 }), fc.bigInt({ min: 0n, max: 1n << 60n }), {
  minKeys: 1,
});

describe('resume tokens', () => {
  it('carry the version of every SKU, whatever the order in which they are asked for', () => {
    fc.assert(
      fc.property(seenVersions, (versions) => {
        const seen = new Map(Object.entries(versions));
        const skus = [...seen.keys()];
        const token = encodeResumeToken(skus, seen);
        expect(decodeResumeToken([...skus].reverse(), token)).toEqual(seen);
      }),
    );
  });

  it('are refused for other SKUs and when cut', () => {
    const token = encodeResumeToken(['A'], new Map([['A', 300n]]));
    expect(() => decodeResumeToken(['B'], token)).toThrow('resume token');
    expect(() => decodeResumeToken(['A'], token.slice(0, -2))).toThrow('resume token');
    expect(() => decodeResumeToken(['A'], 'nonsense')).toThrow('resume token');
  });
});
