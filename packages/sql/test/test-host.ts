import { readFileSync } from 'node:fs';
import { type EngineAddresses, newId, type ServiceHost, type StopPhase, systemClock } from '@souk/kernel';
import type { Envelope } from '@souk/messaging';
import pg from 'pg';

const ENGINES = new URL('../../../.souk/test/engines.json', import.meta.url);

/** A host on the test engines with a namespace of its own, whose `stop` runs what was registered and drops the database. */
export function testHost(): ServiceHost & { stop(): Promise<void> } {
  const engines = JSON.parse(readFileSync(ENGINES, 'utf8')) as EngineAddresses;
  const namespace = `t${newId().slice(-12)}`;
  const steps: { phase: StopPhase; stop: () => Promise<void> }[] = [];
  const silent = (): void => undefined;
  return {
    name: 'sample',
    namespace,
    engines,
    clock: systemClock,
    log: { debug: silent, info: silent, warn: silent, error: silent },
    onStop: (phase, stop) => steps.push({ phase, stop }),
    healthCheck: silent,
    stop: async () => {
      for (const phase of ['intake', 'workers', 'connections'] as const) {
        await Promise.all(steps.filter((step) => step.phase === phase).map((step) => step.stop()));
      }
      const client = new pg.Client({ connectionString: new URL('/postgres', engines.postgres).href });
      await client.connect();
      await client.query(`DROP DATABASE IF EXISTS "${namespace}_sample" WITH (FORCE)`);
      await client.end();
    },
  };
}

/** A message about `subject`. */
export function message(subject: string): Envelope {
  return {
    id: newId(),
    type: 'souk.sample.events.v1.Happened',
    source: 'sample',
    subject,
    time: new Date(),
    destination: { kind: 'fact', topic: 'sample' },
    payload: Buffer.from(subject),
  };
}

/** Waits until `check` holds, at most 20 s. */
export async function until(check: () => boolean): Promise<void> {
  for (const end = Date.now() + 20_000; !check(); ) {
    if (Date.now() > end) throw new Error('did not come about');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
