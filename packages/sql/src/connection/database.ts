import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError, type ServiceHost } from '@souk/kernel';
import pg from 'pg';
import { toSqlError } from './sql-error.ts';

const DUPLICATE_DATABASE = new Set(['42P04', '23505']);
const TEMPLATE_IN_USE = '55006';

/** Name of the service's own database: `<namespace>_<service>` in letters that need no quoting. */
export function databaseName(host: Pick<ServiceHost, 'namespace' | 'name'>): string {
  return `${host.namespace}_${host.name}`.toLowerCase().replace(/[^a-z0-9_]/g, '_');
}

/** The address of the service's own database on the engine. */
export function databaseUrl(host: Pick<ServiceHost, 'namespace' | 'name' | 'engines'>): string {
  const url = new URL(host.engines.postgres);
  url.pathname = `/${databaseName(host)}`;
  return url.href;
}

/** Databases are made from the one that the address names, or from the one that every server has. */
function maintenanceUrl(address: string): string {
  const url = new URL(address);
  if (url.pathname === '' || url.pathname === '/') url.pathname = '/postgres';
  return url.href;
}

/**
 * Waits until the engine answers and makes the service's database if it is not there yet.
 * @throws the last error when the engine has not answered within `waitMs`.
 */
export async function ensureDatabase(host: ServiceHost, waitMs: number): Promise<void> {
  const deadline = Date.now() + waitMs;
  for (let pause = 100; ; pause = Math.min(pause * 2, 2_000)) {
    try {
      await createIfAbsent(host.engines.postgres, databaseName(host));
      return;
    } catch (error) {
      if (!isPassing(error) || Date.now() + pause > deadline) throw error;
      host.log.warn({ err: error }, 'waiting for PostgreSQL');
      await sleep(pause);
    }
  }
}

/** Worth waiting for: the engine is still starting, or another database is being made from the same template. */
function isPassing(error: unknown): boolean {
  return (
    toSqlError(error) instanceof DomainError ||
    (error instanceof pg.DatabaseError && error.code === TEMPLATE_IN_USE)
  );
}

async function createIfAbsent(address: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: maintenanceUrl(address), connectionTimeoutMillis: 2_000 });
  // A connection that dies while idle reports here; the statement under way fails by itself.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const found = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE "${name}"`);
  } catch (error) {
    // Replicas may start together: whoever comes second finds what it wanted.
    if (!(error instanceof pg.DatabaseError) || !DUPLICATE_DATABASE.has(error.code ?? '')) throw error;
  } finally {
    await client.end();
  }
}
