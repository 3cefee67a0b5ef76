import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { renderEndpoints } from '../envoy/clusters.ts';
import { renderRateLimitConfig } from '../envoy/global-limit.ts';
import { readLimits } from '../envoy/limits.ts';
import { renderEnvoy } from '../envoy/render.ts';
import type { EdgeSettings } from '../envoy/settings.ts';
import type { EngineContext } from './engines/engine.ts';
import { envoyProgram } from './engines/envoy.ts';
import { limitsFile } from './engines/ratelimit.ts';
import { answersHttp, waitUntil } from './processes/health.ts';
import { runTool } from './sources/run-tool.ts';

/** The operator's own machine: its tools (sample data, replay, bench) are one address that plays many shoppers. */
const UNLIMITED = ['127.0.0.1'];

/** What the edge is started with. */
export interface EdgeOptions {
  /** Replicas of each service, as ports on this machine. */
  readonly replicas: ReadonlyMap<string, readonly number[]>;
  readonly identityOpsPort: number;
  /** gRPC address of the rate limit service. */
  readonly ratelimit: string;
  readonly issuer: string;
}

/** The rate limit service's configuration, for {@link EdgeOptions.ratelimit}. */
export function ratelimitConfiguration(): string {
  return JSON.stringify(renderRateLimitConfig(readLimits(), UNLIMITED));
}

/** Writes Envoy's configuration, starts it and waits until it listens. */
export async function startEdge(context: EngineContext, options: EdgeOptions): Promise<void> {
  const program = await envoyProgram(context.cache);
  const folder = path.join(context.profile.folder, 'envoy');
  const endpointsDir = path.join(folder, 'endpoints');
  mkdirSync(endpointsDir, { recursive: true });
  for (const [service, ports] of options.replicas) writeEndpoints(context, service, ports);
  const admin = { host: '127.0.0.1', port: context.ports.of('envoy-admin') };
  const settings: EdgeSettings = {
    listen: { host: process.env['SOUK_EDGE_HOST'] ?? '127.0.0.1', port: context.ports.of('edge') },
    admin,
    services: Object.fromEntries(
      [...options.replicas].map(([service, ports]) => [service, ports.map(onThisMachine)]),
    ),
    endpointsDir,
    identityHttp: [onThisMachine(options.identityOpsPort)],
    rateLimit: [onThisMachine(Number(options.ratelimit.split(':')[1]))],
    issuer: options.issuer,
    descriptorPath: path.join(context.profile.root, 'gen/transcoding.binpb'),
    accessLogPath: path.join(context.profile.logs, 'access.log'),
    corsOrigins: ['http://localhost:*', 'http://127.0.0.1:*'],
    unlimitedAddresses: UNLIMITED,
    trustedHops: 0,
    maxHeapBytes: 256 * 1024 * 1024,
  };
  writeFileSync(path.join(folder, 'settings.json'), JSON.stringify(settings, null, 2));
  const file = path.join(folder, 'envoy.json');
  writeFileSync(file, JSON.stringify(renderEnvoy(settings), null, 2));
  context.supervisor.start({
    name: 'envoy',
    kind: 'edge',
    command: program,
    args: [
      '-c',
      file,
      '--disable-hot-restart',
      '--concurrency',
      '1',
      '--log-level',
      'warning',
      '--drain-time-s',
      '2',
      '--service-zone',
      'local',
    ],
    cwd: folder,
    restart: true,
  });
  await waitUntil('envoy', () => answersHttp(`http://${admin.host}:${String(admin.port)}/ready`), {
    timeoutMs: 60_000,
    isGone: () => context.supervisor.whyGone('envoy'),
  });
}

/**
 * Renders the edge's configuration anew, from the contracts and limits as they are now; who runs sees it after a restart.
 * Another process does it, because this one has read the contracts long ago.
 */
export async function renderEdgeAgain({ profile }: EngineContext): Promise<void> {
  const folder = path.join(profile.folder, 'envoy');
  await runTool(process.execPath, [
    path.join(profile.root, 'tools/envoy/main.ts'),
    path.join(folder, 'settings.json'),
    path.join(folder, 'envoy.json'),
    limitsFile(profile),
  ]);
}

/** Tells Envoy a service's replicas; it follows the file. */
export function writeEndpoints(context: EngineContext, service: string, ports: readonly number[]): void {
  const file = path.join(context.profile.folder, 'envoy/endpoints', `${service}.json`);
  writeFileSync(`${file}.new`, JSON.stringify(renderEndpoints(service, ports.map(onThisMachine))));
  renameSync(`${file}.new`, file);
}

function onThisMachine(port: number): { host: string; port: number } {
  return { host: '127.0.0.1', port };
}
