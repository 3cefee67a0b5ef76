import { describe, expect, it } from '@jest/globals';
import { newId } from '@souk/kernel';
import { mailTokens } from './mail-tokens.ts';

describe('the secret of a mail', () => {
  const tokens = mailTokens('a key');

  it('leads back to its mail', () => {
    const mailId = newId();
    expect(tokens.read(tokens.mint(mailId))).toBe(mailId);
  });

  it('is refused when it was changed, made with another key, or is none', () => {
    const token = tokens.mint(newId());
    const other = mailTokens('another key').mint(newId());
    const swapped = `${newId().replaceAll('-', '')}${token.slice(32)}`;
    for (const wrong of [other, swapped, token.slice(1), `${token}A`, '', 'x'.repeat(75)])
      expect(tokens.read(wrong)).toBeUndefined();
  });
});
