import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** Whom a test acts as. */
export interface TestPrincipal {
  readonly kind: 'guest' | 'user';
  readonly id: string;
  readonly roles?: readonly string[];
  readonly permissions?: readonly string[];
}

/** Stands in for identity: signs access tokens and serves the key they verify with. */
export interface TokenIssuer {
  readonly issuer: string;
  readonly jwksUrl: string;
  tokenFor(principal: TestPrincipal): Promise<string>;
  close(): void;
}

/** Starts an issuer on a free port. */
export async function startTokenIssuer(): Promise<TokenIssuer> {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
  const jwks = JSON.stringify({
    keys: [{ ...(await exportJWK(publicKey)), kid: 'test', alg: 'EdDSA', use: 'sig' }],
  });
  const server = createServer((_request, response) =>
    response.setHeader('content-type', 'application/json').end(jwks),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the token issuer has no port');
  const issuer = 'https://issuer.test';
  return {
    issuer,
    jwksUrl: `http://127.0.0.1:${address.port}/.well-known/jwks.json`,
    tokenFor: ({ kind, id, roles = [], permissions = [] }) =>
      new SignJWT({ kind, sid: id, roles, scope: permissions.join(' ') })
        .setProtectedHeader({ alg: 'EdDSA', kid: 'test', typ: 'at+jwt' })
        .setSubject(id)
        .setIssuer(issuer)
        .setAudience('souk')
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign(privateKey),
    close: () => server.close(),
  };
}
