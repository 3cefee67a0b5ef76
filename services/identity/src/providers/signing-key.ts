import {
  calculateJwkThumbprint,
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from 'jose';
import { z } from 'zod';
import type { KeyRing } from '../app/ports.ts';
import { type SigningKey, signingKeyAt } from '../domain/signing-key.ts';
import type { Seal } from './seal.ts';

/** The algorithm of access tokens: Ed25519. */
export const SIGNING_ALGORITHM = 'EdDSA';

const publicJwk = z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string() });
const privateJwk = publicJwk.extend({ d: z.string() });

/** A public key as it stands in the JWKS. */
export type PublicJwk = z.infer<typeof publicJwk> & { kid: string; alg: string; use: string };

/** A key pair to be stored: the private half is sealed. */
export interface NewSigningKey {
  /** RFC 7638 thumbprint. */
  readonly kid: string;
  readonly publicJwk: JWK;
  readonly sealedPrivateJwk: Buffer;
}

/** A key pair as it is stored. */
export interface StoredSigningKey extends SigningKey {
  readonly publicJwk: JWK;
  readonly sealedPrivateJwk: Buffer;
}

/** Where key pairs are kept. */
export interface SigningKeyStore {
  /** Keys that are not withdrawn, the one that signs last first. */
  published(now: Date): Promise<StoredSigningKey[]>;
  /**
   * Stores a key: the first signs at once, later ones when their time comes. Adds nothing while one waits, or when
   * `actorId` is undefined and there is one already.
   *
   * @returns the newest key.
   */
  add(key: NewSigningKey, now: Date, actorId: string | undefined): Promise<StoredSigningKey>;
  forgetExpired(before: Date): Promise<void>;
}

/** The key that signs access tokens, and its id. */
export interface Signer {
  readonly kid: string;
  readonly key: CryptoKey;
}

/** A key ring that signs. Knows the keys of the last look, so that signing never waits for the database. */
export interface SigningKeyRing extends KeyRing {
  /** The key that signs now. */
  signer(now: Date): Promise<Signer>;
  /** Looks which keys there are; often enough, so that a new one is known before its time. */
  refresh(now: Date): Promise<void>;
  /** The JSON Web Key Set with which others verify access tokens. */
  keySet(now: Date): { keys: PublicJwk[] };
}

/** Opens the key ring, making the first key at the very first start. Replicas that start together end with the same one. */
export async function openKeyRing(store: SigningKeyStore, seal: Seal, now: Date): Promise<SigningKeyRing> {
  let keys = await store.published(now);
  if (keys.length === 0) {
    await store.add(await newSigningKey(seal), now, undefined);
    keys = await store.published(now);
  }
  const opened = new Map<string, Promise<CryptoKey>>();
  const open = async (key: StoredSigningKey): Promise<CryptoKey> => {
    const jwk = privateJwk.parse(JSON.parse(seal.open(key.sealedPrivateJwk, key.id)));
    const imported = await importJWK(jwk, SIGNING_ALGORITHM);
    if (imported instanceof Uint8Array) throw new Error('the signing key is not a key pair');
    return imported;
  };
  const isPublished = (now: Date) => (key: StoredSigningKey) =>
    key.expireTime === undefined || key.expireTime > now;

  return {
    async signer(at) {
      const key = signingKeyAt(keys, at);
      if (key === undefined) throw new Error('there is no signing key');
      const known = opened.get(key.id) ?? open(key);
      opened.set(key.id, known);
      return { kid: key.id, key: await known };
    },
    async refresh(at) {
      keys = await store.published(at);
      for (const id of opened.keys()) if (!keys.some((key) => key.id === id)) opened.delete(id);
    },
    keySet: (at) => ({
      keys: keys.filter(isPublished(at)).map((key) => ({
        ...publicJwk.parse(key.publicJwk),
        kid: key.id,
        alg: SIGNING_ALGORITHM,
        use: 'sig',
      })),
    }),
    published: (at) => store.published(at),
    async rotate(at, actorId) {
      const added = await store.add(await newSigningKey(seal), at, actorId);
      keys = await store.published(at);
      return added;
    },
  };
}

async function newSigningKey(seal: Seal): Promise<NewSigningKey> {
  const pair = await generateKeyPair(SIGNING_ALGORITHM, { crv: 'Ed25519', extractable: true });
  const jwk = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  const sealedPrivateJwk = seal.close(JSON.stringify(await exportJWK(pair.privateKey)), kid);
  return { kid, publicJwk: jwk, sealedPrivateJwk };
}
