import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { databaseOf, pidOf, readPlatform } from '../../support/platform.ts';
import { type Random, wholeBetween } from './random.ts';

const LONGEST_DELAY_MS = 400;
const LOOK_EVERY_MS = 50;
/** Instead of a service: connections to PostgreSQL. */
export const DATABASE = 'database';

/** A kill that is planned. */
export interface Strike {
  readonly service: string;
  /** The call of the round that provokes it. */
  readonly afterCalls: number;
  readonly delayMs: number;
}

/** A kill that happened. */
export interface Kill {
  readonly service: string;
  /** The process; of connections, the server's process for one of them. */
  readonly pid: number;
  /** Calls sent until then. */
  readonly calls: number;
}

/** Plans strikes at random moments of a round of at least `calls` calls, more of them early, when most is under way. */
export function planStrikes(
  random: Random,
  services: readonly string[],
  strikesEach: number,
  calls: number,
): readonly Strike[] {
  return services.flatMap((service) =>
    Array.from({ length: strikesEach }, () => ({
      service,
      afterCalls: 1 + Math.floor(random() ** 2 * calls),
      delayMs: wholeBetween(random, 0, LONGEST_DELAY_MS),
    })),
  );
}

/** Carries out strikes as calls are sent. */
export interface Nemesis {
  onCall(): void;
  /** Strikes one of these as well whenever so much time has passed, until `stop`. */
  haunt(random: Random, services: readonly string[], everyMs: number): void;
  /** Ends what is still planned; gives the kills that happened. */
  stop(): Promise<readonly Kill[]>;
}

/** Lets a nemesis loose: each strike waits until its service listens, so that every kill hits a working process. */
export function unleash(strikes: readonly Strike[]): Nemesis {
  const stopping = new AbortController();
  const kills: Kill[] = [];
  let calls = 0;
  // One after the other for each service, and services independently of each other.
  const queues = new Map<string, Promise<void>>();

  const carryOut = async ({ service, delayMs }: Strike): Promise<void> => {
    await sleep(delayMs);
    while (!stopping.signal.aborted) {
      const pid = await hit(service);
      if (pid !== undefined) {
        kills.push({ service, pid, calls });
        return;
      }
      await sleep(LOOK_EVERY_MS);
    }
  };

  return {
    onCall() {
      calls += 1;
      for (const strike of strikes.filter(({ afterCalls }) => afterCalls === calls)) {
        const before = queues.get(strike.service) ?? Promise.resolve();
        queues.set(
          strike.service,
          before.then(() => carryOut(strike)),
        );
      }
    },
    haunt(random, services, everyMs) {
      const strikeOn = async (): Promise<void> => {
        while (!stopping.signal.aborted) {
          await sleep(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
          const service = services[wholeBetween(random, 0, services.length)];
          if (service !== undefined) await carryOut({ service, afterCalls: calls, delayMs: 0 });
        }
      };
      queues.set('haunting', strikeOn());
    },
    async stop() {
      stopping.abort();
      await Promise.all(queues.values());
      return kills;
    },
  };
}

/** Strikes a target at once, or as soon as it works; gives its process. */
export async function strikeNow(target: string): Promise<number> {
  for (;;) {
    const pid = await hit(target);
    if (pid !== undefined) return pid;
    await sleep(LOOK_EVERY_MS);
  }
}

async function hit(target: string): Promise<number | undefined> {
  if (target === DATABASE) return cutConnections();
  return (await listens(target)) ? kill(target) : undefined;
}

/** Ends some connections of the platform's services to PostgreSQL; undefined when there were none. */
async function cutConnections(): Promise<number | undefined> {
  const client = new pg.Client({ connectionString: databaseOf('order') });
  await client.connect();
  try {
    const { rows } = await client.query<{ pid: number }>(CUT, [`${readPlatform().namespace}\\_%`]);
    return rows[0]?.pid;
  } finally {
    await client.end();
  }
}

const CUT = `
  select pid, pg_terminate_backend(pid) from (
    select pid from pg_stat_activity where datname like $1 and application_name <> '' order by random() limit 3
  ) chosen`;

/** Kills a service's process without a warning; undefined when it is gone already. */
function kill(service: string): number | undefined {
  try {
    const pid = pidOf(service);
    process.kill(pid, 'SIGKILL');
    return pid;
  } catch {
    return undefined;
  }
}

async function listens(service: string): Promise<boolean> {
  const port = readPlatform().services[service]?.[0];
  if (port === undefined) throw new Error(`no service is called ${service}`);
  const socket = connect(port, '127.0.0.1');
  const { promise, resolve } = Promise.withResolvers<boolean>();
  socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  const isOpen = await promise;
  socket.destroy();
  return isOpen;
}
