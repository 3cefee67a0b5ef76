import { unauthenticated, unavailable } from '@souk/kernel';
import { type JWTVerifyGetKey, errors as joseErrors, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Principal } from '../call.ts';

/** The audience that identity's access tokens are made for. */
export const ACCESS_TOKEN_AUDIENCE = 'souk';

const CLOCK_TOLERANCE_S = 5;
const CACHED_TOKENS = 20_000;
const MAX_TOKEN_LENGTH = 4_096;

const claims = z.object({
  sub: z.uuid(),
  sid: z.string().max(64),
  kind: z.enum(['guest', 'user']),
  roles: z.array(z.string()).max(32),
  scope: z.string().max(2_048),
  exp: z.number(),
});

/** Turns an access token into the principal it speaks for. Synchronous when the token was verified before. */
export type VerifyAccessToken = (token: string) => Principal | Promise<Principal>;

/**
 * Verifies access tokens (RFC 9068, EdDSA) against identity's keys. Verified tokens are remembered until they expire,
 * because the signature check is dearer than everything else on a call's path.
 *
 * The verifier rejects with UNAUTHENTICATED `TOKEN_INVALID`, or UNAVAILABLE when no keys can be had.
 */
export function accessTokenVerifier(keys: JWTVerifyGetKey, issuer: string): VerifyAccessToken {
  const verified = new LRUCache<string, { principal: Principal; expiresAt: number }>({ max: CACHED_TOKENS });

  const verify = async (token: string): Promise<Principal> => {
    if (token.length > MAX_TOKEN_LENGTH)
      throw unauthenticated('TOKEN_INVALID', 'The access token is too long.');
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience: ACCESS_TOKEN_AUDIENCE,
        algorithms: ['EdDSA'],
        typ: 'at+jwt',
        clockTolerance: CLOCK_TOLERANCE_S,
        requiredClaims: ['exp', 'iat', 'sub'],
      });
      const claim = claims.parse(payload);
      const principal: Principal = {
        kind: claim.kind,
        id: claim.sub,
        sessionId: claim.sid,
        roles: claim.roles,
        permissions: new Set(claim.scope === '' ? [] : claim.scope.split(' ')),
      };
      verified.set(token, { principal, expiresAt: claim.exp * 1_000 });
      return principal;
    } catch (cause) {
      if (cause instanceof TypeError)
        throw unavailable('DEPENDENCY_UNAVAILABLE', 'The signing keys cannot be fetched.', { cause });
      const expired = cause instanceof joseErrors.JWTExpired;
      throw unauthenticated(
        'TOKEN_INVALID',
        expired ? 'The access token has expired.' : 'The access token is not valid.',
        { cause },
      );
    }
  };

  return (token) => {
    const known = verified.get(token);
    return known !== undefined && known.expiresAt > Date.now() ? known.principal : verify(token);
  };
}
