import { rest } from '../../../support/rest.ts';
import { internalMethods, pathOf } from '../contract.ts';
import { type Random, randomOf } from '../requests/random.ts';
import type { Person } from '../people.ts';
import { Tally } from '../tally.ts';
import { wire } from './wire.ts';

/** Ways to write a path so that a guard and a router may read it differently. */
const SPELLINGS: readonly ((path: string) => string)[] = [
  (path) => path,
  (path) => `/${path}`,
  (path) => `${path}/`,
  (path) => path.toUpperCase(),
  (path) => path.toLowerCase(),
  (path) => `${path}%20`,
  (path) => `${path}%00`,
  (path) => `${path};x=y`,
  (path) => `${path}?x=y`,
  (path) => `${path}#x`,
  (path) => `/v1/..${path}`,
  (path) => `/v1/products/..${path}`,
  (path) => `/v1/%2e%2e${path}`,
  (path) => `/v1/..;${path}`,
  (path) => `/.${path}`,
  (path) => `/healthz/..${path}`,
  (path) => path.replaceAll('.', '%2e'),
  (path) => path.replace(/\/([^/]*)$/, '%2f$1'),
  (path) => path.replace(/\/([^/]*)$/, '\\$1'),
  (path) => path.replace(/^\/(.)/, (_, first: string) => `/%${first.charCodeAt(0).toString(16)}`),
];

/** Paths that servers of other makes, and ours inside, answer. */
const INSIDE: readonly string[] = [
  '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
  '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo',
  '/grpc.health.v1.Health/Check',
  '/grpc.health.v1.Health/Watch',
  '/metrics',
  '/stats',
  '/stats/prometheus',
  '/config_dump',
  '/clusters',
  '/quitquitquit',
  '/server_info',
  '/readyz',
  '/livez',
  '/debug/pprof/',
  '/actuator',
  '/.env',
  '/.git/config',
  '/admin',
  '/json',
  '/rlconfig',
];

/** Headers with which a client may ask to be routed, or treated, otherwise. */
const HEADERS: readonly Readonly<Record<string, string>>[] = [
  {},
  { 'x-http-method-override': 'POST' },
  { 'x-original-url': '/metrics' },
  { 'x-rewrite-url': '/metrics' },
  { 'x-envoy-original-path': '/metrics' },
  { 'x-forwarded-host': 'identity' },
  { host: 'identity-http' },
  { 'x-envoy-retry-on': '5xx', 'x-envoy-max-retries': '100' },
];

/** S6: what is not exposed, under every spelling of its path; by somebody who may do everything that can be done. */
export async function attackPaths(person: Person, seed: number, rounds: number): Promise<Tally> {
  const tally = new Tally('internal RPCs, reflection, health, admin pages, by odd spellings of their paths');
  const token = person.token();
  const random = randomOf(seed);
  const targets = [...INSIDE, ...internalMethods.map((method) => pathOf(method.desc))];
  for (const target of targets) {
    await Promise.all(
      spellings(random, rounds).flatMap((spell) => {
        const path = spell(target);
        return ['GET', 'POST'].map(async (verb) => {
          const type = verb === 'POST' ? { 'content-type': 'application/grpc-web+proto' } : {};
          const status = (await wire(verb, path, { ...type, authorization: `Bearer ${token ?? ''}` })).status;
          tally.refusal(status >= 400 && status < 500, () => `${verb} ${path}: ${String(status)}`);
        });
      }),
    );
  }
  for (const headers of HEADERS) {
    for (const verb of ['GET', 'POST', 'PUT', 'TRACE', 'TRACK', 'PROPFIND', 'CONNECT', 'NONSENSE']) {
      const { status } = await wire(verb, '/metrics', headers);
      tally.refusal(
        status >= 400 && status < 500,
        () => `${verb} /metrics with ${JSON.stringify(headers)}: ${String(status)}`,
      );
    }
  }
  const ok = await rest('GET', '/healthz');
  tally.harmless(ok.status === 200, () => `afterwards /healthz answers ${String(ok.status)}`);
  return tally;
}

/** A few of them for each path in a small round, all in a large one. */
function spellings(random: Random, rounds: number): readonly ((path: string) => string)[] {
  const count = rounds * 3;
  return count >= SPELLINGS.length ? SPELLINGS : Array.from({ length: count }, () => random.pick(SPELLINGS));
}
