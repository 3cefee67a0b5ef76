import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { openMeshKeys } from './mesh-keys.ts';
import { openProfile } from './profile.ts';

it('keeps keys over a restart, adds those of new services and publishes no private part', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'souk-keys-'));
  try {
    const profile = openProfile('test', root);
    const first = openMeshKeys(profile, ['order']);
    const second = openMeshKeys(profile, ['order', 'cart']);
    expect(second.privateKey('order')).toBe(first.privateKey('order'));
    expect(JSON.parse(second.privateKey('cart'))).toMatchObject({ kty: 'OKP', crv: 'Ed25519', kid: 'cart' });
    expect(second.publicKeys).not.toContain('"d"');
    expect(() => second.privateKey('nobody')).toThrow('nobody');
  } finally {
    rmSync(root, { recursive: true });
  }
});
