import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { edgeMethods } from '@souk/gen/edge';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { openCache } from '../../launcher/cache/cache.ts';
import { cacheFolder } from '../../launcher/cache/folder.ts';
import { envoyProgram } from '../../launcher/engines/envoy.ts';
import { renderEndpoints } from '../clusters.ts';
import { renderEnvoy } from '../render.ts';

const ISSUER = 'https://issuer.test';

/** A real Envoy with the rendered configuration before one backend, and an issuer of tokens that it believes. */
export interface TestEdge {
  readonly url: string;
  token(claims: Record<string, string>): Promise<string>;
  /** Tells Envoy that a service is somewhere else now, as the launcher does. */
  move(service: string, port: number): Promise<void>;
  close(): Promise<void>;
}

/** Starts one before a backend on this machine. */
export async function startEdge(backendPort: number): Promise<TestEdge> {
  const folder = await mkdtemp(join(tmpdir(), 'souk-edge-'));
  const keys = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const jwks = JSON.stringify({
    keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'k', alg: 'EdDSA', use: 'sig' }],
  });
  const identity = createServer((_, response) => {
    response.setHeader('content-type', 'application/json').end(jwks);
  });
  await new Promise<void>((resolve) => identity.listen(0, '127.0.0.1', resolve));
  const [edgePort, adminPort] = [await freePort(), await freePort()];
  const at = (port: number): { host: string; port: number } => ({ host: '127.0.0.1', port });
  const services = [...new Set(edgeMethods.map((method) => method.service))];
  const move = async (service: string, port: number): Promise<void> => {
    const file = join(folder, `${service}.json`);
    await writeFile(`${file}.new`, JSON.stringify(renderEndpoints(service, [at(port)])));
    await rename(`${file}.new`, file);
  };
  for (const service of services) await move(service, backendPort);
  const config = renderEnvoy({
    listen: at(edgePort),
    admin: at(adminPort),
    services: Object.fromEntries(services.map((service) => [service, [at(backendPort)]])),
    endpointsDir: folder,
    identityHttp: [at(portOf(identity.address()))],
    issuer: ISSUER,
    descriptorPath: fileURLToPath(new URL('../../../gen/transcoding.binpb', import.meta.url)),
    accessLogPath: join(folder, 'access.log'),
    corsOrigins: ['https://shop.test'],
    unlimitedAddresses: ['127.0.0.1'],
    trustedHops: 0,
    maxHeapBytes: 256 * 1024 * 1024,
  });
  const file = join(folder, 'envoy.json');
  await writeFile(file, JSON.stringify(config));
  const program = await envoyProgram(openCache(cacheFolder()));
  const envoy = spawn(
    program,
    ['-c', file, '--disable-hot-restart', '--concurrency', '1', '--log-level', 'error'],
    {
      stdio: 'ignore',
    },
  );
  await untilReady(envoy, `http://127.0.0.1:${String(adminPort)}`);
  return {
    url: `http://127.0.0.1:${String(edgePort)}`,
    token: (claims) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'EdDSA', kid: 'k', typ: 'at+jwt' })
        .setIssuer(ISSUER)
        .setAudience('souk')
        .setExpirationTime('5m')
        .sign(keys.privateKey),
    move,
    async close(): Promise<void> {
      envoy.kill('SIGKILL');
      await once(envoy, 'exit');
      identity.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** Ready means listening, with the keys fetched. */
async function untilReady(envoy: ChildProcess, admin: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (envoy.exitCode !== null) {
      throw new Error(`envoy ended with ${String(envoy.exitCode)}`);
    }
    const stats = await fetch(`${admin}/stats?filter=jwks_fetch_success`).then(
      (reply) => reply.text(),
      () => '',
    );
    if (/jwks_fetch_success: [1-9]/.test(stats)) {
      return;
    }
    await sleep(50);
  }
  throw new Error('envoy did not become ready');
}

async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = portOf(server.address());
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function portOf(address: ReturnType<ReturnType<typeof createTcpServer>['address']>): number {
  if (address === null || typeof address === 'string') {
    throw new Error('not listening on a port');
  }
  return address.port;
}
