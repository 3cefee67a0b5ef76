import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type PlatformAddresses, writePlatform } from './addresses.ts';
import { ratelimitConfiguration, renderEdgeAgain, startEdge, writeEndpoints } from './edge.ts';
import type { EngineAddresses } from './engines/native.ts';
import { startRatelimit } from './engines/ratelimit.ts';
import {
  ADMIN_EMAIL,
  DEMO_EMAILS,
  nodeEnvironment,
  type PlatformEnvironment,
  serviceEnvironment,
} from './environment.ts';
import { openMeshKeys } from './mesh-keys.ts';
import { MAX_REPLICAS } from './ports.ts';
import { answersHttp, waitUntil } from './processes/health.ts';
import { hasMain, listServices, listSimulators } from './services.ts';
import type { Session } from './session.ts';
import { simulatorEnvironment, simulatorHealth } from './simulators.ts';

const READY_TIMEOUT_MS = 120_000;
/** Processes that are configured from the contracts and limits. */
const EDGE: ReadonlySet<string> = new Set(['envoy', 'ratelimit']);
const GIVE_UP_AFTER_RESTARTS = 4;

/** The services, simulators and edge of a running platform. */
export interface Platform {
  readonly addresses: PlatformAddresses;
  /** What did not become ready, with reasons; it is tried on and on, while the rest works. */
  readonly failures: readonly string[];
  /** Runs so many replicas of a service, starting or stopping the difference. */
  scale(service: string, replicas: number): Promise<void>;
  /** Restarts a service (all its replicas, one after the other) or any other process. */
  restart(name: string): Promise<void>;
}

/** Starts simulators, services and edge on engines that run; returns when everything is ready or has failed. */
export async function startPlatform(
  session: Session,
  engines: EngineAddresses,
  namespace: string,
): Promise<Platform> {
  const { profile, ports, secrets, supervisor, progress } = session;
  const services = listServices(profile.root).filter((name) => hasMain(profile.root, 'services', name));
  const simulators = listSimulators(profile.root).filter((name) => hasMain(profile.root, 'simulators', name));
  const edge = `http://127.0.0.1:${String(ports.of('edge'))}`;
  const environment: PlatformEnvironment = {
    root: profile.root,
    namespace,
    ports,
    services: listServices(profile.root),
    engines,
    meshKeys: openMeshKeys(profile, listServices(profile.root)),
    secret: secrets.of('platform'),
    adminPassword: secrets.of('admin'),
    demoPassword: secrets.of('demo'),
    issuer: process.env['SOUK_ISSUER'] ?? 'https://souk.example',
    provider: { apiKey: secrets.of('provider-api-key'), webhookSecret: secrets.of('provider-webhook') },
    own: process.env,
  };
  const running = new Map<string, number>(services.map((name) => [name, 0]));
  const grpcPorts = (service: string): number[] =>
    Array.from({ length: running.get(service) ?? 0 }, (_, replica) => ports.ofService(service, replica).grpc);

  const startReplica = (service: string, replica: number): void => {
    supervisor.start({
      name: processName(service, replica),
      kind: 'service',
      command: process.execPath,
      args: [path.join('services', service, 'src/main.ts')],
      env: serviceEnvironment(environment, service, replica),
      cwd: profile.root,
      restart: true,
      stopTimeoutMs: 30_000,
    });
    running.set(service, Math.max(running.get(service) ?? 0, replica + 1));
  };
  // A service may end early because something it needs is not there yet; not again and again.
  const gaveUp = (name: string): string | undefined =>
    supervisor.restartsOf(name) < GIVE_UP_AFTER_RESTARTS ? undefined : supervisor.whyGone(name);
  const waitForReplica = async (service: string, replica: number): Promise<void> => {
    const url = `http://127.0.0.1:${String(ports.ofService(service, replica).ops)}/readyz`;
    const name = processName(service, replica);
    await waitUntil(name, () => answersHttp(url), {
      timeoutMs: READY_TIMEOUT_MS,
      // A service may end early because something it needs is not there yet; not again and again.
      isGone: () =>
        supervisor.restartsOf(name) < GIVE_UP_AFTER_RESTARTS ? undefined : supervisor.whyGone(name),
    });
  };

  const startSimulator = async (name: string): Promise<void> => {
    supervisor.start({
      name,
      kind: 'simulator',
      command: process.execPath,
      args: [path.join('simulators', name, 'src/main.ts')],
      env: { ...nodeEnvironment(profile.root), ...simulatorEnvironment(session, environment, name) },
      cwd: profile.root,
      restart: true,
    });
    await waitUntil(name, () => simulatorHealth(session, name), {
      timeoutMs: READY_TIMEOUT_MS,
      isGone: () => gaveUp(name),
    });
  };
  const startTheEdge = async (): Promise<void> => {
    const ratelimit = await startRatelimit(session, engines.redis, ratelimitConfiguration());
    const replicas = new Map(environment.services.map((service) => [service, grpcPorts(service)]));
    await startEdge(session, {
      replicas,
      identityOpsPort: ports.ofService('identity', 0).ops,
      ratelimit,
      issuer: environment.issuer,
    });
  };

  // Everything at once: services wait for what they need by themselves.
  for (const service of services) startReplica(service, 0);
  const results = await Promise.allSettled([
    ...simulators.map((name) => progress.step(`start ${name}`, () => startSimulator(name))),
    ...services.map((name) => progress.step(`start ${name}`, () => waitForReplica(name, 0))),
    progress.step('start envoy', startTheEdge).then(() => waitForEdge(edge)),
  ]);
  const failures = results.flatMap((each) => (each.status === 'rejected' ? [messageOf(each.reason)] : []));
  const publish = (): PlatformAddresses => {
    const addresses: PlatformAddresses = {
      edge,
      admin: { email: ADMIN_EMAIL, password: environment.adminPassword },
      demo: { emails: DEMO_EMAILS, password: environment.demoPassword },
      namespace,
      services: Object.fromEntries(services.map((service) => [service, grpcPorts(service)])),
      simulators: {
        'payment-provider': `http://127.0.0.1:${String(ports.of('payment-provider'))}`,
        'mail-sink': `http://127.0.0.1:${String(ports.of('mail-sink'))}`,
      },
    };
    writePlatform(profile, addresses);
    return addresses;
  };
  return {
    addresses: publish(),
    failures,
    async scale(service, replicas) {
      const now = running.get(service);
      if (now === undefined) throw new Error(`no service is called "${service}"`);
      if (!Number.isInteger(replicas) || replicas < 1 || replicas > MAX_REPLICAS) {
        throw new Error(`a service may have 1 to ${String(MAX_REPLICAS)} replicas here`);
      }
      for (let replica = now; replica < replicas; replica += 1) startReplica(service, replica);
      for (let replica = now; replica < replicas; replica += 1) await waitForReplica(service, replica);
      running.set(service, replicas);
      writeEndpoints(session, service, grpcPorts(service));
      // Envoy follows the file within milliseconds.
      if (replicas < now) await sleep(500);
      for (let replica = replicas; replica < now; replica += 1)
        await supervisor.stop(processName(service, replica));
      publish();
    },
    async restart(name) {
      const replicas = running.get(name);
      if (EDGE.has(name)) await renderEdgeAgain(session);
      if (replicas === undefined) return supervisor.restart(name);
      for (let replica = 0; replica < replicas; replica += 1) {
        await supervisor.restart(processName(name, replica));
        await waitForReplica(name, replica);
      }
    },
  };
}

/** The first replica has the service's name, the others a number from 2. */
function processName(service: string, replica: number): string {
  return replica === 0 ? service : `${service}-${String(replica + 1)}`;
}

/** Waits until a request passes the edge to identity: its key set is served there. */
async function waitForEdge(edge: string): Promise<void> {
  await waitUntil('the edge', () => answersHttp(`${edge}/.well-known/jwks.json`), { timeoutMs: 60_000 });
}

function messageOf(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}
