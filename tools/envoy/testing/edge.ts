import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { edgeMethods } from '@souk/gen/edge';
import { openCache } from '../../launcher/cache/cache.ts';
import { cacheFolder } from '../../launcher/cache/folder.ts';
import { envoyProgram } from '../../launcher/engines/envoy.ts';
import { renderEndpoints } from '../clusters.ts';
import { renderEnvoy } from '../render.ts';
import type { EdgeSettings } from '../settings.ts';
import { ISSUER, startIssuer, type TestIssuer } from './issuer.ts';
import { freePort } from './ports.ts';

/** A real Envoy with the rendered configuration before backends of a test. */
export interface TestEdge {
  readonly url: string;
  /** Whose tokens it believes. */
  readonly issuer: TestIssuer;
  /** An access token with further claims. */
  token(claims: Record<string, unknown>): Promise<string>;
  /** Tells Envoy that a service is somewhere else now, as the launcher does. */
  move(service: string, ...ports: number[]): Promise<void>;
  /** The sum of Envoy's statistics whose names match. */
  stat(name: RegExp): Promise<number>;
  close(): Promise<void>;
}

/** What a test may want otherwise. */
export interface TestEdgeOptions extends Partial<EdgeSettings> {
  /** Believe this issuer instead of one of its own; it is not closed with the edge. */
  readonly sharedIssuer?: TestIssuer;
  /** Start although no keys can be had. */
  readonly withoutKeys?: boolean;
}

/** Starts one before a backend on this machine, which plays every service. */
export async function startEdge(
  backendPort: number,
  { sharedIssuer, withoutKeys = false, ...settings }: TestEdgeOptions = {},
): Promise<TestEdge> {
  const folder = await mkdtemp(join(tmpdir(), 'souk-edge-'));
  const issuer = sharedIssuer ?? (await startIssuer());
  const [edgePort, adminPort] = [await freePort(), await freePort()];
  const at = (port: number): { host: string; port: number } => ({ host: '127.0.0.1', port });
  const services = [...new Set(edgeMethods.map((method) => method.service))];
  const move = async (service: string, ...ports: number[]): Promise<void> => {
    const file = join(folder, `${service}.json`);
    await writeFile(`${file}.new`, JSON.stringify(renderEndpoints(service, ports.map(at))));
    await rename(`${file}.new`, file);
  };
  for (const service of services) await move(service, backendPort);
  const config = renderEnvoy({
    listen: at(edgePort),
    admin: at(adminPort),
    services: Object.fromEntries(services.map((service) => [service, [at(backendPort)]])),
    endpointsDir: folder,
    identityHttp: [at(issuer.port)],
    issuer: ISSUER,
    descriptorPath: fileURLToPath(new URL('../../../gen/transcoding.binpb', import.meta.url)),
    accessLogPath: join(folder, 'access.log'),
    corsOrigins: ['https://shop.test'],
    unlimitedAddresses: ['127.0.0.1'],
    trustedHops: 0,
    maxHeapBytes: 256 * 1024 * 1024,
    ...settings,
  });
  const file = join(folder, 'envoy.json');
  await writeFile(file, JSON.stringify(config));
  const program = await envoyProgram(openCache(cacheFolder()));
  const envoy = spawn(
    program,
    ['-c', file, '--disable-hot-restart', '--concurrency', '1', '--log-level', 'error'],
    { stdio: 'ignore' },
  );
  const stat = async (name: RegExp): Promise<number> => sum(await statsOf(adminPort), name);
  await untilReady(envoy, async () =>
    withoutKeys ? (await stat(/jwks_fetch_failed/)) > 0 : (await stat(/jwks_fetch_success/)) > 0,
  );
  return {
    url: `http://127.0.0.1:${String(edgePort)}`,
    issuer,
    token: (claims) => issuer.token(claims),
    move,
    stat,
    async close(): Promise<void> {
      envoy.kill('SIGKILL');
      await once(envoy, 'exit');
      if (sharedIssuer === undefined) issuer.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function statsOf(adminPort: number): Promise<string> {
  const reply = await fetch(`http://127.0.0.1:${String(adminPort)}/stats`).catch(() => undefined);
  return (await reply?.text()) ?? '';
}

function sum(stats: string, name: RegExp): number {
  return stats
    .split('\n')
    .map((line) => /^(\S+): (\d+)$/.exec(line))
    .reduce((total, match) => total + (name.test(match?.[1] ?? '') ? Number(match?.[2]) : 0), 0);
}

/** Ready means listening, with the keys fetched or known to be away. */
async function untilReady(envoy: ChildProcess, isReady: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (envoy.exitCode !== null) {
      throw new Error(`envoy ended with ${String(envoy.exitCode)}`);
    }
    if (await isReady()) return;
    await sleep(50);
  }
  throw new Error('envoy did not become ready');
}
