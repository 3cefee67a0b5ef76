import { DomainError, unauthenticated, unavailable } from '@souk/kernel';
import { base64url, type JWTVerifyGetKey, errors as joseErrors, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Principal } from '../call.ts';
import { revokedTokens } from '../metrics.ts';
import type { Revocations } from './revocations.ts';

/** The audience that identity's access tokens are made for. */
export const ACCESS_TOKEN_AUDIENCE = 'souk';

const CLOCK_TOLERANCE_S = 5;
const CACHED_TOKENS = 20_000;
const MAX_TOKEN_LENGTH = 4_096;

/** A signed token in its one form: decoders forgive padding and more. */
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

const claims = z.object({
  sub: z.uuid(),
  sid: z.string().max(64),
  kind: z.enum(['guest', 'user', 'machine']),
  roles: z.array(z.string()).max(32),
  scope: z.string().max(3_072),
  exp: z.number(),
  iat: z.number(),
  // The version of the subject's rights that the token was issued for; tokens from before there was one have none.
  ver: z.number().int().min(0).default(0),
});

interface Verified {
  readonly principal: Principal;
  readonly version: number;
  readonly expiresAt: number;
}

/** Turns an access token into the principal it speaks for. Synchronous when the token was verified before. */
export type VerifyAccessToken = (token: string) => Principal | Promise<Principal>;

/**
 * Verifies access tokens (RFC 9068, EdDSA) against identity's keys. Verified tokens are remembered until they expire,
 * because the signature check is dearer than everything else on a call's path.
 *
 * A token that has been revoked is refused from then on, at the price of one look-up in memory.
 *
 * The verifier rejects with UNAUTHENTICATED `TOKEN_INVALID`, or UNAVAILABLE when no keys can be had, or when a token
 * carries permissions and identity has not been heard of for too long to know whether it still holds.
 */
export function accessTokenVerifier(
  keys: JWTVerifyGetKey,
  issuer: string,
  revocations?: Revocations,
): VerifyAccessToken {
  const verified = new LRUCache<string, Verified>({ max: CACHED_TOKENS });

  const verify = async (token: string): Promise<Principal> => {
    if (token.length > MAX_TOKEN_LENGTH)
      throw unauthenticated('TOKEN_INVALID', 'The access token is too long.');
    if (!COMPACT.test(token)) throw unauthenticated('TOKEN_INVALID', 'The access token is not valid.');
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience: ACCESS_TOKEN_AUDIENCE,
        algorithms: ['EdDSA'],
        typ: 'at+jwt',
        clockTolerance: CLOCK_TOLERANCE_S,
        requiredClaims: ['exp', 'iat', 'sub'],
      });
      refuseAmbiguity(token, payload);
      const claim = claims.parse(payload);
      if (claim.iat > Date.now() / 1_000 + CLOCK_TOLERANCE_S) throw new Error('issued in the future');
      const entry: Verified = {
        principal: {
          kind: claim.kind,
          id: claim.sub,
          sessionId: claim.sid,
          roles: claim.roles,
          permissions: new Set(claim.scope === '' ? [] : claim.scope.split(' ')),
        },
        version: claim.ver,
        expiresAt: claim.exp * 1_000,
      };
      verified.set(token, entry);
      return current(entry, Date.now());
    } catch (cause) {
      if (cause instanceof DomainError) throw cause;
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

  /** The principal of a verified token, unless it was revoked. */
  const current = ({ principal, version }: Verified, now: number): Principal => {
    if (revocations === undefined) return principal;
    if (revocations.has(principal.id, principal.sessionId, version)) {
      revokedTokens.inc();
      throw unauthenticated('TOKEN_INVALID', 'The access token has been revoked.');
    }
    if (principal.permissions.size > 0 && revocations.isStale(now))
      throw unavailable('DEPENDENCY_UNAVAILABLE', 'It is not known whether the access token still holds.');
    return principal;
  };

  return (token) => {
    const known = verified.get(token);
    const now = Date.now();
    return known !== undefined && known.expiresAt > now ? current(known, now) : verify(token);
  };
}

/** Refuses a payload that another reader might take differently, such as one that states a claim twice. */
function refuseAmbiguity(token: string, payload: unknown): void {
  const text = new TextDecoder().decode(base64url.decode(token.split('.')[1] ?? ''));
  if (JSON.stringify(payload) !== text) throw new Error('the payload is not canonical');
}
