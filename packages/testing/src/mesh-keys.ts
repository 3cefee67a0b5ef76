import { exportJWK, generateKeyPair, type JWK } from 'jose';

/** Private keys by service, and the public keys of all, as the launcher makes them. */
export interface MeshKeys {
  readonly privateKey: (service: string) => string;
  readonly publicKeys: string;
}

/** Makes an Ed25519 key for each service of a test's mesh. */
export async function createMeshKeys(services: readonly string[]): Promise<MeshKeys> {
  const pairs = await Promise.all(
    services.map(async (service): Promise<[string, JWK, JWK]> => {
      const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
      return [
        service,
        { ...(await exportJWK(pair.privateKey)), kid: service },
        { ...(await exportJWK(pair.publicKey)), kid: service },
      ];
    }),
  );
  const privateKeys = new Map(pairs.map(([service, key]) => [service, JSON.stringify(key)]));
  return {
    privateKey(service) {
      const key = privateKeys.get(service);
      if (key === undefined) throw new Error(`no mesh key was made for ${service}`);
      return key;
    },
    publicKeys: JSON.stringify({ keys: pairs.map(([, , key]) => key) }),
  };
}
