import path from 'node:path';
import { acceptsTcp, waitUntil } from '../processes/health.ts';
import type { Cache } from '../cache/cache.ts';
import { buildGoCommand } from '../sources/go.ts';
import { runTool } from '../sources/run-tool.ts';
import type { EngineContext, NativeEngine } from './engine.ts';
import { postgresPrefix } from './postgres-prefix.ts';
import { startPostgres } from './postgres-server.ts';
import { ownedFolder } from './unprivileged.ts';

const FERRETDB = 'github.com/FerretDB/FerretDB/v2/cmd/ferretdb@v2.7.0';

/**
 * MongoDB's wire protocol by FerretDB on PostgreSQL with the DocumentDB extension.
 *
 * MongoDB itself cannot be had from a package registry; under Docker and Kubernetes it is MongoDB 8.
 */
export const mongodb: NativeEngine = {
  name: 'mongodb',
  async fetch(cache) {
    await Promise.all([ferretdb(cache), postgresPrefix(cache)]);
  },
  async start(context) {
    const [binary] = await Promise.all([ferretdb(context.cache), startBackend(context)]);
    const port = context.ports.of('mongodb');
    const backend = `postgres://postgres:${context.secrets.of('mongodb-backend')}@127.0.0.1:${String(context.ports.of('mongodb-backend'))}/postgres?pool_max_conns=150`;
    context.supervisor.start({
      name: 'mongodb',
      kind: 'engine',
      command: binary,
      args: [
        '--telemetry=disable',
        // The protocol's own log-in would need a user per test; it listens on loopback only.
        '--no-auth',
        `--listen-addr=127.0.0.1:${String(port)}`,
        '--debug-addr=-',
        `--state-dir=${ownedFolder(path.join(context.profile.data, 'mongodb'))}`,
        '--log-level=warn',
      ],
      env: { DO_NOT_TRACK: '1', FERRETDB_POSTGRESQL_URL: backend, GOMEMLIMIT: '256MiB' },
      cwd: context.profile.data,
      restart: true,
    });
    await waitUntil('mongodb', () => acceptsTcp(port), {
      timeoutMs: 60_000,
      isGone: () => context.supervisor.whyGone('mongodb'),
    });
    return `mongodb://127.0.0.1:${String(port)}/`;
  },
};

async function ferretdb(cache: Cache): Promise<string> {
  const folder = await cache.entry('ferretdb-2.7.0', (target) => buildGoCommand(target, cache, FERRETDB));
  return path.join(folder, 'ferretdb');
}

async function startBackend(context: EngineContext): Promise<void> {
  const port = context.ports.of('mongodb-backend');
  const password = context.secrets.of('mongodb-backend');
  await startPostgres(context, {
    name: 'mongodb-backend',
    port,
    user: 'postgres',
    password,
    settings: {
      max_connections: '250',
      shared_buffers: '128MB',
      shared_preload_libraries: 'pg_cron,pg_documentdb_core,pg_documentdb',
      'cron.database_name': 'postgres',
      'cron.host': '127.0.0.1',
      'cron.log_run': 'off',
      'cron.log_statement': 'off',
      'documentdb_core.enableCollation': 'true',
      'documentdb.enableCollationWithNonUniqueOrderedIndexes': 'true',
      'documentdb.enableSchemaValidation': 'true',
      'documentdb.enableBypassDocumentValidation': 'true',
    },
  });
  const prefix = await postgresPrefix(context.cache);
  await runTool(
    prefix.bin('psql'),
    [
      '-q',
      '-h',
      '127.0.0.1',
      '-p',
      String(port),
      '-U',
      'postgres',
      '-d',
      'postgres',
      '-v',
      'ON_ERROR_STOP=1',
      '-c',
      'SET client_min_messages = warning; CREATE EXTENSION IF NOT EXISTS documentdb CASCADE',
    ],
    { env: { PGPASSWORD: password, ...prefix.env } },
  );
}
