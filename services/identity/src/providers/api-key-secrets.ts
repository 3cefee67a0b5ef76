import { createHash, randomBytes } from 'node:crypto';
import type { ApiKeySecrets } from '../app/ports.ts';

const SECRET_BYTES = 32;

/**
 * Secrets of API keys: a prefix by which scanners of leaked secrets know them, the key's id, and 256 random bits – so many
 * that a plain SHA-256 is enough at rest.
 */
export const apiKeySecrets: ApiKeySecrets = {
  mint(keyId) {
    const secret = `souk_${keyId.replaceAll('-', '')}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
    return { secret, hash: hashOf(secret) };
  },
  hashOf,
};

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
