import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { sealUnder } from './seal.ts';

describe('sealUnder', () => {
  const seal = sealUnder(randomBytes(32).toString('hex'));

  it('opens what it closed', () => {
    expect(seal.open(seal.close('a private key', 'kid-1'), 'kid-1')).toBe('a private key');
  });

  it('does not open in another place, under another key, or changed', () => {
    const sealed = seal.close('a private key', 'kid-1');
    const changed = Buffer.from(sealed);
    changed.writeUInt8(changed.readUInt8(changed.length - 1) ^ 1, changed.length - 1);
    expect(() => seal.open(sealed, 'kid-2')).toThrow();
    expect(() => seal.open(changed, 'kid-1')).toThrow();
    expect(() => sealUnder(randomBytes(32).toString('hex')).open(sealed, 'kid-1')).toThrow();
  });
});
