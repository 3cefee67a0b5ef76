import { generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Profile } from './profile.ts';

/** One Ed25519 key pair per service, by which services prove to each other who they are. */
export interface MeshKeys {
  /** The service's private JWK, as JSON. */
  privateKey(service: string): string;
  /** The JWKS with everybody's public key, as JSON. */
  readonly publicKeys: string;
}

/** Opens a profile's keys, making those that are missing; kept in `mesh-keys.json` (mode 0600). */
export function openMeshKeys(profile: Pick<Profile, 'folder'>, services: readonly string[]): MeshKeys {
  const file = path.join(profile.folder, 'mesh-keys.json');
  const kept = readKeys(file);
  const keys = new Map(services.map((service) => [service, kept.get(service) ?? makeKey(service)]));
  if (services.some((service) => !kept.has(service))) {
    writeFileSync(`${file}.new`, JSON.stringify(Object.fromEntries(keys)), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  return {
    privateKey(service) {
      const key = keys.get(service);
      if (key === undefined) throw new Error(`no mesh key for "${service}"`);
      return JSON.stringify(key);
    },
    publicKeys: JSON.stringify({ keys: [...keys.values()].map((key) => ({ ...key, d: undefined })) }),
  };
}

function makeKey(service: string): JsonWebKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  return { ...privateKey.export({ format: 'jwk' }), kid: service, alg: 'EdDSA', use: 'sig' };
}

function readKeys(file: string): ReadonlyMap<string, JsonWebKey> {
  try {
    const read: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof read !== 'object' || read === null) return new Map();
    return new Map(Object.entries(read).filter((each): each is [string, JsonWebKey] => isKey(each[1])));
  } catch {
    return new Map();
  }
}

function isKey(value: unknown): value is JsonWebKey {
  return typeof value === 'object' && value !== null && 'd' in value && 'x' in value;
}
