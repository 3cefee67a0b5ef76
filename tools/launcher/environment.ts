import { availableParallelism } from 'node:os';
import path from 'node:path';
import { ENGINE_NAMES, type EngineName } from './engines/engine.ts';
import type { EngineAddresses } from './engines/native.ts';
import type { MeshKeys } from './mesh-keys.ts';
import { MAX_REPLICAS, type PortPlan } from './ports.ts';

/** The variable that gives an engine's address. */
export const ENGINE_VARIABLES: Readonly<Record<EngineName, string>> = {
  postgres: 'SOUK_POSTGRES_URL',
  mongodb: 'SOUK_MONGODB_URL',
  redis: 'SOUK_REDIS_URL',
  kafka: 'SOUK_KAFKA_BROKERS',
  rabbitmq: 'SOUK_RABBITMQ_URL',
  elasticsearch: 'SOUK_ELASTICSEARCH_URL',
};

/** Engines whose address the environment gives; the others are started. */
export function enginesFromEnvironment(environment: NodeJS.ProcessEnv): Partial<EngineAddresses> {
  const given = ENGINE_NAMES.map((name) => [name, environment[ENGINE_VARIABLES[name]]] as const);
  return Object.fromEntries(given.filter(([, address]) => address !== undefined && address !== ''));
}

/** What the environment of services is made of. */
export interface PlatformEnvironment {
  readonly root: string;
  readonly namespace: string;
  readonly ports: PortPlan;
  readonly services: readonly string[];
  readonly engines: EngineAddresses;
  readonly meshKeys: MeshKeys;
  readonly secret: string;
  readonly adminPassword: string;
  readonly demoPassword: string;
  readonly issuer: string;
  /** What payment and its provider know each other by. */
  readonly provider: { readonly apiKey: string; readonly webhookSecret: string };
  /** The launcher's own environment: its `SOUK_` and `OTEL_` variables are passed on and win. */
  readonly own: NodeJS.ProcessEnv;
}

/** Whoever signs in first: named in the environment of identity, told to the user at the end of the start. */
export const ADMIN_EMAIL = 'admin@souk.example';

/** The accounts that identity seeds for a demo, all with the same password. */
export const DEMO_EMAILS = ['shopper@souk.example', 'support@souk.example', 'merchandiser@souk.example'];

/** Environment of one replica of a service. */
export function serviceEnvironment(
  platform: PlatformEnvironment,
  service: string,
  replica: number,
): Record<string, string> {
  const { ports, engines } = platform;
  const { grpc, ops } = ports.ofService(service, replica);
  const addresses = Object.fromEntries(
    platform.services.map((name) => [
      `SOUK_${constantCase(name)}_ADDRESS`,
      replicaAddresses(ports, name).join(','),
    ]),
  );
  return {
    ...nodeEnvironment(platform.root),
    ...Object.fromEntries(ENGINE_NAMES.map((name) => [ENGINE_VARIABLES[name], engines[name]])),
    ...addresses,
    SOUK_NAMESPACE: platform.namespace,
    SOUK_BIND_HOST: '127.0.0.1',
    SOUK_GRPC_PORT: String(grpc),
    SOUK_OPS_PORT: String(ops),
    SOUK_ISSUER: platform.issuer,
    SOUK_JWKS_URL: jwksUrl(ports),
    SOUK_MESH_KEY: platform.meshKeys.privateKey(service),
    SOUK_MESH_JWKS: platform.meshKeys.publicKeys,
    SOUK_SECRET: platform.secret,
    SOUK_IDENTITY_ADMIN_EMAIL: ADMIN_EMAIL,
    SOUK_IDENTITY_ADMIN_PASSWORD: platform.adminPassword,
    SOUK_IDENTITY_DEMO_PASSWORD: platform.demoPassword,
    // Everybody on this machine comes from one place.
    SOUK_IDENTITY_PLACE_FREE_ATTEMPTS: '1000000',
    SOUK_PAYMENT_PROVIDER_URL: `http://127.0.0.1:${String(ports.of('payment-provider'))}`,
    SOUK_PAYMENT_PROVIDER_API_KEY: platform.provider.apiKey,
    SOUK_PAYMENT_WEBHOOK_SECRET: platform.provider.webhookSecret,
    SOUK_NOTIFICATION_SMTP_URL: `smtp://127.0.0.1:${String(ports.of('mail-sink-smtp'))}`,
    ...passedOn(platform.own),
  };
}

/** Variables that make Node.js children start fast and stay small. */
export function nodeEnvironment(root: string): Record<string, string> {
  return {
    NODE_COMPILE_CACHE: path.join(root, '.souk', 'compile-cache'),
    NODE_OPTIONS: `--max-old-space-size=256 --max-semi-space-size=8${availableParallelism() > 4 ? '' : ' --v8-pool-size=2'}`,
    NODE_ENV: 'production',
  };
}

/** Identity's key set, on its ops port. */
function jwksUrl(ports: PortPlan): string {
  return `http://127.0.0.1:${String(ports.ofService('identity', 0).ops)}/.well-known/jwks.json`;
}

/**
 * Every place where a replica of a service may listen. Clients are told all of them, so a replica that comes or goes
 * needs no other service to restart: those that do not answer are left out of the balancing.
 */
function replicaAddresses(ports: PortPlan, service: string): readonly string[] {
  return Array.from(
    { length: MAX_REPLICAS },
    (_, replica) => `127.0.0.1:${String(ports.ofService(service, replica).grpc)}`,
  );
}

/** `payment-provider` as `PAYMENT_PROVIDER`. */
export function constantCase(name: string): string {
  return name.replaceAll('-', '_').toUpperCase();
}

function passedOn(own: NodeJS.ProcessEnv): Record<string, string> {
  const engineVariables = new Set(Object.values(ENGINE_VARIABLES));
  const launcherOnly = new Set(['SOUK_CACHE', 'SOUK_PORT_BASE', 'SOUK_TEST_PORT_BASE', ...engineVariables]);
  const chosen = Object.entries(own).filter(
    (each): each is [string, string] =>
      each[1] !== undefined && /^(SOUK|OTEL)_/.test(each[0]) && !launcherOnly.has(each[0]),
  );
  return Object.fromEntries(chosen);
}
