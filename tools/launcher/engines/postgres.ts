import type { NativeEngine } from './engine.ts';
import { postgresPrefix } from './postgres-prefix.ts';
import { startPostgres } from './postgres-server.ts';

/** PostgreSQL 18. */
export const postgres: NativeEngine = {
  name: 'postgres',
  async fetch(cache) {
    await postgresPrefix(cache);
  },
  async start(context) {
    const port = context.ports.of('postgres');
    const password = context.secrets.of('postgres');
    await startPostgres(context, {
      name: 'postgres',
      port,
      user: 'souk',
      password,
      settings: {
        max_connections: '400',
        shared_buffers: '128MB',
        wal_level: 'logical',
        max_wal_size: '512MB',
      },
    });
    return `postgres://souk:${password}@127.0.0.1:${String(port)}`;
  },
};
