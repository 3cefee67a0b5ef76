import { z } from 'zod';
import type { MigrationList } from '@souk/sql';
import { type OutsideHost, outsideHost } from '../facts/outside-host.ts';

const VARIABLE = 'SOUK_FAULTS_SETTING';

const shape = z.object({
  namespace: z.string(),
  kafka: z.array(z.string()),
  /** Aggregates, each a sequence of events numbered from 1. */
  aggregates: z.number(),
  eventsEach: z.number(),
  /** Transactions that stay open for two seconds beside the others. */
  heldOpen: z.number(),
});

/** What the programs that make, relay and take events are told. */
export type Setting = z.infer<typeof shape>;

/** The setting as a program's environment. */
export function toEnvironment(setting: Setting): Record<string, string> {
  return { [VARIABLE]: JSON.stringify(setting), SOUK_PROFILE: process.env['SOUK_PROFILE'] ?? 'test' };
}

/** The setting that this program was started with, and the host it stands on. */
export function readSetting(): { readonly setting: Setting; readonly host: OutsideHost } {
  const setting = shape.parse(JSON.parse(process.env[VARIABLE] ?? ''));
  return { setting, host: hostOf(setting) };
}

/** Where the events' database and topic are: the platform's PostgreSQL, a broker of the scenario's own. */
export function hostOf({ namespace, kafka }: Setting): OutsideHost {
  const host = outsideHost(namespace);
  return { ...host, engines: { ...host.engines, kafka } };
}

/** The aggregate of the transactions that stay open. */
export const HELD = 'held';

/** What was made, and what was taken, in the order in which it was. No constraint here hides a mistake. */
export const migrations: MigrationList = [
  {
    name: '0001-events',
    async up(trx: Parameters<MigrationList[number]['up']>[0]): Promise<void> {
      await trx.raw(`
        create table produced (aggregate text not null, number integer not null, primary key (aggregate, number));
        create table consumed (
          place bigint generated always as identity primary key, aggregate text not null, number integer not null
        );
      `);
    },
  },
];
