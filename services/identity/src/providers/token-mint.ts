import { createHash, randomBytes } from 'node:crypto';
import { newId } from '@souk/kernel';
import { ACCESS_TOKEN_AUDIENCE } from '@souk/rpc';
import { SignJWT } from 'jose';
import type { TokenMint } from '../app/ports.ts';
import { SIGNING_ALGORITHM, type SigningKeyRing } from './signing-key.ts';

/** Who tokens come from and how long they live, in seconds. */
export interface TokenSettings {
  /** `iss` of access tokens. */
  readonly issuer: string;
  readonly accessTtlS: number;
  /** Length of an account's session. */
  readonly userSessionTtlS: number;
  /** Length of a guest's session. */
  readonly guestSessionTtlS: number;
}

const REFRESH_TOKEN_BYTES = 32;

/**
 * Makes access tokens (RFC 9068) and refresh tokens. Refresh tokens carry 256 random bits, so a plain SHA-256 of them is
 * enough at rest.
 */
export function tokenMint(ring: Pick<SigningKeyRing, 'signer'>, settings: TokenSettings): TokenMint {
  const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();
  return {
    hashOf,
    async accessToken(claims, now) {
      const issuedAt = Math.floor(now.getTime() / 1_000);
      const expiresAt = issuedAt + settings.accessTtlS;
      const signer = await ring.signer(now);
      const token = await new SignJWT({
        sid: claims.sessionId,
        kind: claims.kind,
        ver: Number(claims.version),
        roles: [...claims.roles],
        scope: claims.permissions.join(' '),
      })
        .setProtectedHeader({ alg: SIGNING_ALGORITHM, kid: signer.kid, typ: 'at+jwt' })
        .setIssuer(settings.issuer)
        .setAudience(ACCESS_TOKEN_AUDIENCE)
        .setSubject(claims.subjectId)
        .setJti(newId())
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiresAt)
        .sign(signer.key);
      return { token, expireTime: new Date(expiresAt * 1_000) };
    },
    refreshToken() {
      const secret = randomBytes(REFRESH_TOKEN_BYTES).toString('base64url');
      return { secret, hash: hashOf(secret) };
    },
    sessionExpireTime(kind, now) {
      const ttlS = kind === 'user' ? settings.userSessionTtlS : settings.guestSessionTtlS;
      return new Date(now.getTime() + ttlS * 1_000);
    },
  };
}
