import { createServer, type Server } from 'node:http';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { portOf } from './ports.ts';

/** The `iss` of the tokens that a test edge believes. */
export const ISSUER = 'https://issuer.test';

type SigningKey = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];

/** Signs access tokens and serves its keys, as identity does. */
export interface TestIssuer {
  readonly port: number;
  /** An access token, valid for five minutes, with further claims. */
  token(claims: Record<string, unknown>): Promise<string>;
  /** The same, but every claim may be replaced, or left out by `undefined`. */
  sign(claims: Record<string, unknown>): Promise<string>;
  /** Signs with a new key from now on; the old one is served beside it. */
  rotate(): Promise<void>;
  /** Answers requests for keys with 503 until told otherwise. */
  fail(isAway: boolean): void;
  close(): void;
}

/** Starts one. */
export async function startIssuer(): Promise<TestIssuer> {
  const keys: JWK[] = [];
  let isAway = false;
  let current = await addKey(keys);
  const sign = (claims: Record<string, unknown>): Promise<string> => {
    const now = Math.floor(Date.now() / 1_000);
    return new SignJWT({ iss: ISSUER, aud: 'souk', iat: now, exp: now + 300, ...claims })
      .setProtectedHeader({ alg: 'EdDSA', kid: current.kid, typ: 'at+jwt' })
      .sign(current.privateKey);
  };
  const server: Server = createServer((_, response) => {
    if (isAway) response.writeHead(503).end();
    else response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: portOf(server.address()),
    token: sign,
    sign,
    async rotate() {
      current = await addKey(keys);
    },
    fail(away) {
      isAway = away;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function addKey(keys: JWK[]): Promise<{ kid: string; privateKey: SigningKey }> {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const kid = `k${String(keys.length)}`;
  keys.push({ ...(await exportJWK(publicKey)), kid, alg: 'EdDSA', use: 'sig' });
  return { kid, privateKey };
}
