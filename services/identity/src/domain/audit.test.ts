import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type ChainCheck, type ChainedEntry, chainText, checkChain } from './audit.ts';

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const START: ChainCheck = { checked: 0n, lastHash: '', broken: undefined };

function chain(actions: readonly string[]): ChainedEntry[] {
  const entries: ChainedEntry[] = [];
  for (const [index, action] of actions.entries()) {
    const entry = {
      sequence: BigInt(index + 1),
      time: new Date(index),
      actorId: 'ada',
      action,
      subjectId: 'bob',
      detail: { b: '1', a: action },
      previousHash: entries.at(-1)?.hash ?? '',
    };
    entries.push({ ...entry, hash: hashOf(chainText(entry)) });
  }
  return entries;
}

describe('the chain of the audit log', () => {
  it('holds, whatever is written and however it is read in pages', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), fc.nat(), (actions, cut) => {
        const entries = chain(actions);
        const at = cut % entries.length;
        const half = checkChain(START, entries.slice(0, at), hashOf);
        const check = checkChain(half, entries.slice(at), hashOf);
        expect(check).toMatchObject({ checked: BigInt(entries.length), broken: undefined });
      }),
    );
  });

  it('shows any entry that was changed, left out, moved or put in', () => {
    const entries = chain(['a', 'b', 'c', 'd']);
    const [first, second, third, fourth] = entries;
    if (first === undefined || second === undefined || third === undefined || fourth === undefined)
      throw new Error('no chain');
    const broken = (...tampered: ChainedEntry[]): unknown =>
      checkChain(START, tampered, hashOf).broken?.sequence;
    expect(broken(first, { ...second, action: 'x' }, third, fourth)).toBe(2n);
    expect(broken(first, { ...second, detail: {} }, third, fourth)).toBe(2n);
    expect(broken(first, { ...second, time: new Date(9) }, third, fourth)).toBe(2n);
    expect(broken(first, third, fourth)).toBe(2n);
    expect(broken(second, third)).toBe(1n);
    // Who can also compute hashes has to rewrite everything after it.
    const forged = { ...second, action: 'x' };
    expect(broken(first, { ...forged, hash: hashOf(chainText(forged)) }, third, fourth)).toBe(3n);
  });

  it('does not take two texts for one', () => {
    const entry = { ...START, sequence: 1n, time: new Date(0), previousHash: '', detail: {} };
    expect(chainText({ ...entry, actorId: 'a', action: 'b', subjectId: '' })).not.toBe(
      chainText({ ...entry, actorId: 'a","b', action: '', subjectId: '' }),
    );
  });
});
