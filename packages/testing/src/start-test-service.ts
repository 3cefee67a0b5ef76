import type { DescService } from '@bufbuild/protobuf';
import { type Client, createClient, type ServiceImplSpec } from '@connectrpc/connect';
import {
  accessTokenVerifier,
  authenticator,
  createRpcServer,
  loadMeshIdentity,
  remoteKeys,
  rpcTransport,
  serviceNameOf,
} from '@souk/rpc';
import { type Environment, type RunningService, type ServiceDefinition, startService } from '@souk/service';
import type { z } from 'zod';
import { type TestEngines, testEngines, testNamespace } from './engines.ts';
import { createMeshKeys } from './mesh-keys.ts';
import { startTokenIssuer, type TestPrincipal } from './token-issuer.ts';

const SERVICES = [
  'identity',
  'catalog',
  'inventory',
  'order',
  'payment',
  'cart',
  'pricing',
  'notification',
  'analytics',
  'review',
  'storefront',
];

const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** How a test starts a service. */
export interface TestServiceOptions {
  /** Environment variables on top of the test's own, for example `{ SOUK_ORDER_RESERVATION_TTL_S: '3' }`. */
  readonly env?: Environment;
  /** Other services that it calls, as `implement(InventoryService, { … })`; each runs as a real gRPC server. */
  readonly fakes?: readonly ServiceImplSpec[];
  /** The namespace of an earlier start, to restart a service on its own data. */
  readonly namespace?: string;
  /** The engines, when a test brings its own addresses (a fault proxy). */
  readonly engines?: Partial<TestEngines>;
}

/** Whom a client acts as: a person, a service of the mesh, both, or nobody. */
export interface ActingAs {
  readonly principal?: TestPrincipal;
  readonly caller?: string;
}

/** A service under test, on real engines, with its own data. */
export interface TestService {
  readonly namespace: string;
  readonly engines: TestEngines;
  readonly address: string;
  readonly opsUrl: string;
  /** A client of the service through real gRPC. */
  client<Desc extends DescService>(service: Desc, actingAs?: ActingAs): Client<Desc>;
  tokenFor(principal: TestPrincipal): Promise<string>;
  /** Signs a statement as another service would, for example pricing's quote. */
  signAs(service: string, payload: Record<string, unknown>, audience: string, ttlS: number): Promise<string>;
  /** Stops the service and starts it again on the same data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a service in this process with real engines, real gRPC, and fakes for the services it calls. */
export async function startTestService<Shape extends z.ZodRawShape>(
  definition: ServiceDefinition<Shape>,
  { env = {}, fakes = [], namespace = testNamespace(), engines: overrides = {} }: TestServiceOptions = {},
): Promise<TestService> {
  const engines = { ...testEngines(), ...overrides };
  const [keys, issuer] = await Promise.all([createMeshKeys([...SERVICES, 'test']), startTokenIssuer()]);
  const closers: (() => Promise<void> | void)[] = [() => issuer.close()];
  const addresses: Record<string, string> = {};

  for (const fake of fakes) {
    const name = serviceNameOf(fake.service.typeName);
    const mesh = await loadMeshIdentity(name, keys.privateKey(name), keys.publicKeys);
    const server = createRpcServer({
      implementations: [fake],
      authenticate: authenticator(accessTokenVerifier(remoteKeys(issuer.jwksUrl), issuer.issuer), mesh),
      log: silent,
      maxInFlight: 1_000,
    });
    addresses[`SOUK_${name.toUpperCase()}_ADDRESS`] = `127.0.0.1:${await server.listen('127.0.0.1', 0)}`;
    server.setServing(true);
    closers.push(() => server.drain(100));
  }

  const start = (): Promise<RunningService> =>
    startService(definition, {
      SOUK_NAMESPACE: namespace,
      SOUK_POSTGRES_URL: engines.postgres,
      SOUK_MONGODB_URL: engines.mongodb,
      SOUK_REDIS_URL: engines.redis,
      SOUK_KAFKA_BROKERS: engines.kafka.join(','),
      SOUK_RABBITMQ_URL: engines.rabbitmq,
      SOUK_ELASTICSEARCH_URL: engines.elasticsearch,
      SOUK_BIND_HOST: '127.0.0.1',
      SOUK_GRPC_PORT: '0',
      SOUK_OPS_PORT: '0',
      SOUK_ISSUER: issuer.issuer,
      SOUK_JWKS_URL: issuer.jwksUrl,
      SOUK_MESH_KEY: keys.privateKey(definition.name),
      SOUK_MESH_JWKS: keys.publicKeys,
      SOUK_SECRET: 'a secret for tests, the same for every service',
      SOUK_LOG_LEVEL: process.env['SOUK_LOG_LEVEL'] ?? 'error',
      SOUK_DRAIN_GRACE_MS: '1000',
      // Most tests run without identity; those of its absence set their own.
      SOUK_REVOCATION_GRACE_S: '86400',
      ...addresses,
      ...env,
    });

  let running = await start();
  return {
    namespace,
    engines,
    get address() {
      return `127.0.0.1:${running.grpcPort}`;
    },
    get opsUrl() {
      return `http://127.0.0.1:${running.opsPort}`;
    },
    client(service, { principal, caller } = {}) {
      const mesh =
        caller === undefined ? undefined : loadMeshIdentity(caller, keys.privateKey(caller), keys.publicKeys);
      const transport = rpcTransport(service, {
        address: `127.0.0.1:${running.grpcPort}`,
        ...(mesh && { callerToken: async (callee: string) => (await mesh).callerToken(callee) }),
      });
      closers.push(transport.close);
      const token = principal && issuer.tokenFor(principal);
      return createClient(service, {
        unary: async (method, signal, timeoutMs, header, input, values) =>
          transport.unary(method, signal, timeoutMs, await withToken(header, token), input, values),
        stream: async (method, signal, timeoutMs, header, input, values) =>
          transport.stream(method, signal, timeoutMs, await withToken(header, token), input, values),
      });
    },
    tokenFor: issuer.tokenFor,
    signAs: async (service, payload, audience, ttlS) =>
      (await loadMeshIdentity(service, keys.privateKey(service), keys.publicKeys)).sign(
        payload,
        audience,
        ttlS,
      ),
    async restart() {
      await running.stop();
      running = await start();
    },
    async stop() {
      await running.stop();
      for (const close of closers.reverse()) await close();
    },
  };
}

async function withToken(header: HeadersInit, token: Promise<string> | undefined): Promise<Headers> {
  const headers = new Headers(header);
  if (token !== undefined && !headers.has('authorization'))
    headers.set('authorization', `Bearer ${await token}`);
  return headers;
}
