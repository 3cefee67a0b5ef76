import { chownSync, existsSync, writeFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { waitUntil } from '../processes/health.ts';
import { runTool } from '../sources/run-tool.ts';
import type { EngineContext } from './engine.ts';
import { postgresPrefix } from './postgres-prefix.ts';
import { ownedFolder, unprivilegedUser } from './unprivileged.ts';

/** One PostgreSQL server to run. */
export interface PostgresServer {
  /** Name of the process and of its data folder. */
  readonly name: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** Makes the data folder at the first start, starts the server and waits until it takes queries. */
export async function startPostgres(context: EngineContext, server: PostgresServer): Promise<void> {
  const prefix = await postgresPrefix(context.cache);
  const uid = unprivilegedUser();
  const asUser = uid === undefined ? {} : { uid };
  const data = path.join(context.profile.data, server.name);
  if (!existsSync(path.join(data, 'PG_VERSION'))) await initialise(data);

  const settings = Object.entries({
    listen_addresses: '127.0.0.1',
    port: String(server.port),
    unix_socket_directories: '',
    fsync: context.durable ? 'on' : 'off',
    full_page_writes: context.durable ? 'on' : 'off',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...server.settings,
  }).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  context.supervisor.start({
    name: server.name,
    kind: 'engine',
    command: prefix.bin('postgres'),
    args: ['-D', data, ...settings],
    // Extensions that connect to their own server (DocumentDB, pg_cron) find the password here.
    env: { ...prefix.env, PGPASSFILE: writePasswordFile(`${data}.pgpass`, server) },
    cwd: data,
    restart: true,
    // Fast shutdown: running transactions are rolled back, nothing is lost.
    stopSignal: 'SIGINT',
    ...asUser,
  });
  const isReady = async (): Promise<boolean> =>
    runTool(prefix.bin('pg_isready'), ['-q', '-h', '127.0.0.1', '-p', String(server.port)]).then(
      () => true,
      () => false,
    );
  await waitUntil(server.name, isReady, {
    timeoutMs: 60_000,
    isGone: () => context.supervisor.whyGone(server.name),
  });

  async function initialise(folder: string): Promise<void> {
    // Elsewhere first: a killed initdb must not look like a database.
    const fresh = `${folder}.new`;
    const passwordFile = `${folder}.password`;
    await rm(fresh, { recursive: true, force: true });
    ownedFolder(fresh);
    await writeFile(passwordFile, server.password, { mode: 0o644 });
    await runTool(
      prefix.bin('initdb'),
      [
        '-D',
        fresh,
        '-U',
        server.user,
        `--pwfile=${passwordFile}`,
        '-A',
        'scram-sha-256',
        '-E',
        'UTF8',
        '--locale=C',
        '--no-instructions',
      ],
      { env: { HOME: '/tmp', ...prefix.env }, cwd: fresh, ...asUser },
    ).finally(() => rm(passwordFile, { force: true }));
    await rename(fresh, folder);
  }
}

function writePasswordFile(file: string, server: PostgresServer): string {
  writeFileSync(file, `*:${String(server.port)}:*:${server.user}:${server.password}\n`, { mode: 0o600 });
  const uid = unprivilegedUser();
  if (uid !== undefined) chownSync(file, uid, uid);
  return file;
}
