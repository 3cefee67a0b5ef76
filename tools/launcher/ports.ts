import net from 'node:net';
import type { ProfileName } from './profile.ts';

/** Everything of the platform that listens, except services, with its distance from the profile's first port. */
const OFFSETS = {
  edge: 0,
  'envoy-admin': 1,
  'mail-sink': 10,
  'mail-sink-smtp': 11,
  'payment-provider': 12,
  postgres: 20,
  mongodb: 21,
  'mongodb-backend': 22,
  redis: 23,
  kafka: 24,
  'kafka-controller': 25,
  rabbitmq: 26,
  'rabbitmq-management': 27,
  'rabbitmq-metrics': 28,
  'rabbitmq-distribution': 29,
  'rabbitmq-epmd': 30,
  elasticsearch: 31,
  'elasticsearch-transport': 32,
  ratelimit: 33,
  'ratelimit-http': 34,
  'ratelimit-debug': 35,
} as const;

/** What is not an engine of {@link OFFSETS}. */
const PLATFORM = new Set([
  'edge',
  'envoy-admin',
  'mail-sink',
  'mail-sink-smtp',
  'payment-provider',
  'ratelimit',
  'ratelimit-http',
  'ratelimit-debug',
]);
const SERVICES_OFFSET = 50;
/** Most replicas of one service on one machine: each has a place in the plan, so addresses are known beforehand. */
export const MAX_REPLICAS = 3;
const PORTS_PER_REPLICA = 2;
const BLOCK = 400;
const TEST_BLOCKS = 8;
const DEFAULT_BASE: Readonly<Record<ProfileName, number>> = { dev: 8080, test: 21_000 };

/** A name that the plan knows. */
type PortName = keyof typeof OFFSETS;

/** The ports of one profile. */
export interface PortPlan {
  readonly base: number;
  of(name: PortName): number;
  /** Ports of one replica, counted from 0, of a service. */
  ofService(service: string, replica: number): { readonly grpc: number; readonly ops: number };
  /** Every port by a readable name; of the engines only, or of all but them. */
  all(part?: 'engines' | 'platform'): ReadonlyMap<string, number>;
}

/** Lays out the ports of a profile from its first port and the services' names. */
export function planPorts(base: number, services: readonly string[]): PortPlan {
  const sorted = [...services].sort();
  const ofService: PortPlan['ofService'] = (service, replica) => {
    const index = sorted.indexOf(service);
    if (index < 0) throw new Error(`no service is called "${service}"`);
    if (replica < 0 || replica >= MAX_REPLICAS)
      throw new Error(`at most ${String(MAX_REPLICAS)} replicas fit`);
    const grpc = base + SERVICES_OFFSET + (index * MAX_REPLICAS + replica) * PORTS_PER_REPLICA;
    return { grpc, ops: grpc + 1 };
  };
  return {
    base,
    of: (name) => base + OFFSETS[name],
    ofService,
    all(part) {
      const fixed = Object.entries(OFFSETS)
        .filter(([name]) => part === undefined || PLATFORM.has(name) === (part === 'platform'))
        .map(([name, offset]): [string, number] => [name, base + offset]);
      if (part === 'engines') return new Map(fixed);
      const first = sorted.flatMap((service): [string, number][] => {
        const { grpc, ops } = ofService(service, 0);
        return [
          [service, grpc],
          [`${service}-ops`, ops],
        ];
      });
      return new Map([...fixed, ...first]);
    },
  };
}

/**
 * The first port of a profile: `SOUK_PORT_BASE` (dev) or `SOUK_TEST_PORT_BASE` (test) when set.
 *
 * `test` looks for a block of its own when nothing is said, so that several clones can be tested at once; `dev` stays
 * where its user expects it.
 */
export async function choosePortBase(
  profile: ProfileName,
  services: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  const variable = profile === 'dev' ? 'SOUK_PORT_BASE' : 'SOUK_TEST_PORT_BASE';
  const chosen = environment[variable];
  if (chosen !== undefined && chosen !== '') return parseBase(variable, chosen);
  const first = DEFAULT_BASE[profile];
  if (profile === 'dev') return first;
  for (let block = 0; block < TEST_BLOCKS; block += 1) {
    const base = first + block * BLOCK;
    if ((await busyPorts(planPorts(base, services))).length === 0) return base;
  }
  throw new Error(`no free block of ports from ${String(first)}: set ${variable}`);
}

/** The ports of a plan on which somebody listens already, by name. */
export async function busyPorts(
  plan: PortPlan,
  part?: 'engines' | 'platform',
): Promise<readonly { name: string; port: number }[]> {
  const checks = [...plan.all(part)].map(async ([name, port]) => ({
    name,
    port,
    busy: !(await isFree(port)),
  }));
  return (await Promise.all(checks)).filter((each) => each.busy).map(({ name, port }) => ({ name, port }));
}

function parseBase(variable: string, text: string): number {
  const base = Number(text);
  if (!Number.isInteger(base) || base < 1024 || base > 65_535 - BLOCK) {
    throw new Error(`${variable} is "${text}": give a port from 1024 to ${String(65_535 - BLOCK)}`);
  }
  return base;
}

async function isFree(port: number): Promise<boolean> {
  const server = net.createServer();
  const { promise, resolve } = Promise.withResolvers<boolean>();
  server.once('error', () => {
    resolve(false);
  });
  server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
    server.close(() => {
      resolve(true);
    });
  });
  return promise;
}
