import { unauthenticated } from '@souk/kernel';
import { createLocalJWKSet, importJWK, type JWK, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';

const ALGORITHM = 'EdDSA';
const CALLER_TOKEN_TTL_S = 300;
const RENEW_BEFORE_MS = 60_000;

const jwk = z.looseObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  kid: z.string(),
  x: z.string(),
});
const privateJwk = jwk.extend({ d: z.string() });
const jwks = z.object({ keys: z.array(jwk) });

/** A service's own key, and the public keys of every service of the mesh (`kid` = the service's name). */
export interface MeshIdentity {
  /** Signs a statement of this service (compact JWS, EdDSA). `ttlS` is in seconds. */
  sign(payload: JWTPayload, audience: string, ttlS: number): Promise<string>;
  /** The payload of a statement that `issuer` signed for `audience` (this service unless said otherwise). */
  verify(token: string, issuer: string, audience?: string): Promise<JWTPayload>;
  /** The token with which this service proves itself to `callee`; renewed before it expires. */
  callerToken(callee: string): string | Promise<string>;
  /** The service that a caller token proves. */
  verifyCaller(token: string): string | Promise<string>;
}

/**
 * Loads a service's identity from its private JWK and the mesh's public JWKS, both JSON text.
 *
 * @throws when a key is malformed.
 */
export async function loadMeshIdentity(
  name: string,
  privateKey: string,
  publicKeys: string,
): Promise<MeshIdentity> {
  const key = await importJWK(privateJwk.parse(JSON.parse(privateKey)) satisfies JWK, ALGORITHM);
  const keySet = createLocalJWKSet(jwks.parse(JSON.parse(publicKeys)));
  const minted = new Map<string, { token: string; renewAt: number }>();
  const callers = new LRUCache<string, { caller: string; expiresAt: number }>({ max: 1_000 });

  const sign: MeshIdentity['sign'] = (payload, audience, ttlS) =>
    new SignJWT(payload)
      .setProtectedHeader({ alg: ALGORITHM, kid: name })
      .setIssuer(name)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime(Math.floor(Date.now() / 1_000) + ttlS)
      .sign(key);

  const verify = async (token: string, issuer: string | undefined, audience: string): Promise<JWTPayload> => {
    try {
      const { payload, protectedHeader } = await jwtVerify(token, keySet, {
        audience,
        algorithms: [ALGORITHM],
      });
      // A service signs only in its own name: the key that verified must be the issuer's.
      if (payload.iss !== protectedHeader.kid || (issuer !== undefined && payload.iss !== issuer))
        throw new Error('issuer mismatch');
      return payload;
    } catch (cause) {
      throw unauthenticated('TOKEN_INVALID', 'The statement is not valid or has expired.', { cause });
    }
  };

  return {
    sign,
    verify: (token, issuer, audience = name) => verify(token, issuer, audience),
    callerToken: (callee) => {
      const current = minted.get(callee);
      if (current !== undefined && current.renewAt > Date.now()) return current.token;
      return sign({}, `mesh:${callee}`, CALLER_TOKEN_TTL_S).then((token) => {
        minted.set(callee, { token, renewAt: Date.now() + CALLER_TOKEN_TTL_S * 1_000 - RENEW_BEFORE_MS });
        return token;
      });
    },
    verifyCaller: (token) => {
      const known = callers.get(token);
      if (known !== undefined && known.expiresAt > Date.now()) return known.caller;
      return verify(token, undefined, `mesh:${name}`).then((payload) => {
        const caller = payload.iss ?? '';
        callers.set(token, { caller, expiresAt: (payload.exp ?? 0) * 1_000 });
        return caller;
      });
    },
  };
}
