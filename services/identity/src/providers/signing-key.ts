import {
  calculateJwkThumbprint,
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from 'jose';
import { z } from 'zod';
import type { Seal } from './seal.ts';

/** The algorithm of access tokens: Ed25519. */
export const SIGNING_ALGORITHM = 'EdDSA';

const publicJwk = z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string() });
const privateJwk = publicJwk.extend({ d: z.string() });

/** A public key as it stands in the JWKS. */
export type PublicJwk = z.infer<typeof publicJwk> & { kid: string; alg: string; use: string };

/** A key pair as it is stored: the private half is sealed. */
export interface StoredSigningKey {
  /** RFC 7638 thumbprint. */
  readonly kid: string;
  readonly publicJwk: JWK;
  readonly sealedPrivateJwk: Buffer;
}

/** Where key pairs are kept. */
export interface SigningKeyStore {
  /** The key that signs now. */
  active(): Promise<StoredSigningKey | undefined>;
  /** Stores a first key; does nothing when there is an active one already. */
  insertFirst(key: StoredSigningKey, now: Date): Promise<void>;
  /** The public keys whose tokens are accepted. */
  published(): Promise<StoredSigningKey[]>;
}

/** The key that signs access tokens, and its id. */
export interface Signer {
  readonly kid: string;
  readonly key: CryptoKey;
}

/** Loads the signing key, making it at the very first start. Replicas that start together end with the same one. */
export async function loadSigner(store: SigningKeyStore, seal: Seal, now: Date): Promise<Signer> {
  if ((await store.active()) === undefined) await store.insertFirst(await newSigningKey(seal), now);
  const stored = await store.active();
  if (stored === undefined) throw new Error('the signing key could not be stored');
  const jwk = privateJwk.parse(JSON.parse(seal.open(stored.sealedPrivateJwk, stored.kid)));
  const key = await importJWK(jwk, SIGNING_ALGORITHM);
  if (key instanceof Uint8Array) throw new Error('the signing key is not a key pair');
  return { kid: stored.kid, key };
}

/** The JSON Web Key Set with which others verify access tokens. */
export async function publicKeySet(store: SigningKeyStore): Promise<{ keys: PublicJwk[] }> {
  const keys = await store.published();
  return {
    keys: keys.map(({ kid, publicJwk: jwk }) => ({
      ...publicJwk.parse(jwk),
      kid,
      alg: SIGNING_ALGORITHM,
      use: 'sig',
    })),
  };
}

async function newSigningKey(seal: Seal): Promise<StoredSigningKey> {
  const pair = await generateKeyPair(SIGNING_ALGORITHM, { crv: 'Ed25519', extractable: true });
  const jwk = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  const sealedPrivateJwk = seal.close(JSON.stringify(await exportJWK(pair.privateKey)), kid);
  return { kid, publicJwk: jwk, sealedPrivateJwk };
}
