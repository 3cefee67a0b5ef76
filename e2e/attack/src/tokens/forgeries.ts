import { createHmac, generateKeyPairSync } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';

/** An access token that must open nothing, and what is wrong with it. */
export interface Forgery {
  readonly what: string;
  readonly token: string;
}

/** Everything that can be made of a good token, and of identity's public keys, without identity's private key. */
export async function forgeriesOf(good: string, publicKeys: readonly { x: string }[]): Promise<Forgery[]> {
  const claims = decodeJwt(good);
  const header = decodeProtectedHeader(good);
  const { kid = '' } = header;
  const [head = '', payload = '', signature = ''] = good.split('.');
  const own = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const ownJwk = await exportJWK(own.publicKey);
  const forge = (fields: Record<string, unknown>): Promise<string> =>
    new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', ...fields }).sign(own.privateKey);
  const mac = (alg: string, hash: string, key: string | Buffer): string => {
    const start = `${encode({ alg, typ: 'at+jwt', kid })}.${payload}`;
    return `${start}.${createHmac(hash, key).update(start).digest('base64url')}`;
  };
  const rsa = await generateKeyPair('RS256', { extractable: true });
  const ec = await generateKeyPair('ES256', { extractable: true });
  const x = publicKeys[0]?.x ?? '';
  const pem = generateKeyPairSync('ed25519').publicKey.export({ format: 'pem', type: 'spki' });
  const flipped = Buffer.from(signature, 'base64url');
  flipped[5] = (flipped[5] ?? 0) ^ 1;
  const repeated = `{"sub":"${String(claims.sub)}",${JSON.stringify({ ...claims, scope: 'identity.roles.assign' }).slice(1)}`;
  const made: readonly (readonly [string, string])[] = [
    ['signed by another key under our kid', await forge({ kid })],
    ['signed by another key under a kid of its own', await forge({ kid: 'mine' })],
    ['signed by another key without a kid', await forge({})],
    ['bringing its own key along', await forge({ kid, jwk: ownJwk })],
    ['pointing to its own keys (jku)', await forge({ kid: 'mine', jku: 'https://evil.example/jwks.json' })],
    ['pointing to its own keys (x5u)', await forge({ kid: 'mine', x5u: 'https://evil.example/cert.pem' })],
    ['with a kid that is a path', await forge({ kid: '../../../../dev/null' })],
    ['with a kid that is SQL', await forge({ kid: "' UNION SELECT 'key" })],
    [
      'signed by RSA',
      await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid }).sign(rsa.privateKey),
    ],
    [
      'signed by an elliptic curve',
      await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid }).sign(ec.privateKey),
    ],
    ['not signed (none)', new UnsecuredJWT(claims).encode()],
    ...['None', 'NONE', 'nOnE', ''].map(
      (alg) => [`not signed (${alg})`, `${encode({ alg, typ: 'at+jwt', kid })}.${payload}.`] as const,
    ),
    [
      'not signed, with the old signature',
      `${encode({ alg: 'none', typ: 'at+jwt', kid })}.${payload}.${signature}`,
    ],
    ['signed by our public key as a secret', mac('HS256', 'sha256', Buffer.from(x, 'base64url'))],
    ['signed by our public key as text', mac('HS512', 'sha512', x)],
    ['signed by a PEM as a secret', mac('HS256', 'sha256', pem)],
    ['signed by an empty secret', mac('HS256', 'sha256', '')],
    [
      'with more rights than were signed',
      `${head}.${encode({ ...claims, scope: 'identity.roles.assign' })}.${signature}`,
    ],
    [
      'for somebody else',
      `${head}.${encode({ ...claims, sub: '00000000-0000-7000-8000-000000000000' })}.${signature}`,
    ],
    [
      'living longer than was signed',
      `${head}.${encode({ ...claims, exp: (claims.exp ?? 0) + 86_400 })}.${signature}`,
    ],
    ['from the future', `${head}.${encode({ ...claims, nbf: (claims.exp ?? 0) + 1 })}.${signature}`],
    ['from another issuer', `${head}.${encode({ ...claims, iss: 'https://evil.example' })}.${signature}`],
    ['for another audience', `${head}.${encode({ ...claims, aud: 'elsewhere' })}.${signature}`],
    ['naming claims twice', `${head}.${Buffer.from(repeated).toString('base64url')}.${signature}`],
    ['with one bit changed in the signature', `${head}.${payload}.${flipped.toString('base64url')}`],
    ['cut off', good.slice(0, -5)],
    ['without a signature', `${head}.${payload}.`],
    ['without its last part', `${head}.${payload}`],
    ['with a fourth part', `${good}.e30`],
    ['twice over', `${good}${good}`],
    ['with an encrypted header', `${encode({ alg: 'dir', enc: 'A256GCM' })}.${payload}.${signature}..`],
    ['of nonsense', 'nonsense'],
    ['of dots', '..'],
    ['that is very long', 'e30.'.padEnd(7_000, 'e')],
  ];
  return made.map(([what, token]) => ({ what, token }));
}

function encode(content: unknown): string {
  return Buffer.from(JSON.stringify(content)).toString('base64url');
}
