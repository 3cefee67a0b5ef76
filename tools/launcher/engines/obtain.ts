import { enginesFromEnvironment } from '../environment.ts';
import { acceptsTcp } from '../processes/health.ts';
import type { Session } from '../session.ts';
import { dockerWorks, startDocker } from './docker.ts';
import { ENGINE_NAMES } from './engine.ts';
import { type EngineAddresses, requireAll, startNative } from './native.ts';

/** Where the engines came from. */
export interface ObtainedEngines {
  readonly addresses: EngineAddresses;
  /** How each was found, for the user. */
  readonly how: string;
}

/** Finds or starts every engine: addresses in the environment, then Docker, then native servers. */
export async function obtainEngines(
  session: Session,
  environment: NodeJS.ProcessEnv,
): Promise<ObtainedEngines> {
  const given = enginesFromEnvironment(environment);
  await Promise.all(Object.entries(given).map(([name, address]) => requireReachable(name, address)));
  const wanted = ENGINE_NAMES.filter((name) => given[name] === undefined);
  if (wanted.length === 0) return { addresses: requireAll(given), how: 'addresses in the environment' };
  const docker = environment['SOUK_ENGINES'] !== 'native' && (await dockerWorks());
  const started = docker
    ? await startDocker(session, wanted)
    : await startNative(session, wanted, session.progress);
  const ways = [
    ...(wanted.length < ENGINE_NAMES.length ? ['addresses in the environment'] : []),
    docker ? 'Docker' : 'native servers',
  ];
  return { addresses: requireAll({ ...started, ...given }), how: ways.join(' and ') };
}

/** @throws Error in one line when nothing listens at a given address. */
async function requireReachable(name: string, address: string): Promise<void> {
  for (const each of hostsOf(name, address)) {
    if (await acceptsTcp(each.port, each.host, 5000)) return;
  }
  throw new Error(`${name}: nothing listens at the address given in the environment`);
}

/** Hosts of an address: of its URL, or of a list `host:port,host:port`. */
export function hostsOf(name: string, address: string): readonly { host: string; port: number }[] {
  const defaults: Record<string, number> = {
    postgres: 5432,
    mongodb: 27_017,
    redis: 6379,
    kafka: 9092,
    rabbitmq: 5672,
    elasticsearch: 9200,
  };
  const authority =
    address
      .replace(/^[a-z+]+:\/\//, '')
      .replace(/^[^@/]*@/, '')
      .split('/')[0] ?? '';
  return authority.split(',').map((each) => {
    const [host = '', port] = each.split(/:(?=\d+$)/);
    return { host, port: port === undefined ? (defaults[name] ?? 0) : Number(port) };
  });
}
