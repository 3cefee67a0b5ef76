import type { ServiceContext } from '@souk/service';
import { SIGNING_ALGORITHM, type SigningKeyRing } from './signing-key.ts';

/**
 * Serves what others need to trust identity's tokens, over plain HTTP on the ops port and through the edge: the JSON Web
 * Key Set and the OpenID Connect discovery document.
 */
export function serveWellKnown(
  { http, issuer, clock }: Pick<ServiceContext<unknown>, 'http' | 'issuer' | 'clock'>,
  keys: SigningKeyRing,
): void {
  http('GET', '/.well-known/jwks.json', (_request, response) => {
    response
      .writeHead(200, { 'content-type': 'application/jwk-set+json', 'cache-control': 'max-age=60' })
      .end(JSON.stringify(keys.keySet(clock.now())));
  });
  const document = JSON.stringify({
    issuer,
    jwks_uri: new URL('/.well-known/jwks.json', issuer).href,
    token_endpoint: new URL('/oauth2/token', issuer).href,
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    // People sign in over the API (`Login`), so that no flow has an authorisation endpoint.
    response_types_supported: [],
    grant_types_supported: ['client_credentials'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [SIGNING_ALGORITHM],
    claims_supported: ['iss', 'aud', 'sub', 'sid', 'exp', 'iat', 'jti', 'kind', 'roles', 'scope', 'ver'],
  });
  http('GET', '/.well-known/openid-configuration', (_request, response) => {
    response
      .writeHead(200, { 'content-type': 'application/json', 'cache-control': 'max-age=3600' })
      .end(document);
  });
}
