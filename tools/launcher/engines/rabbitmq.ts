import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Cache, FillTarget } from '../cache/cache.ts';
import { answersHttp, waitUntil } from '../processes/health.ts';
import { unpackDebianPackages } from '../sources/apt.ts';
import type { EngineContext, NativeEngine } from './engine.ts';

const ERLANG = 'usr/lib/erlang';

/** RabbitMQ with its own Erlang and its own name server (epmd), from Debian, unpacked and not installed. */
export const rabbitmq: NativeEngine = {
  name: 'rabbitmq',
  async fetch(cache) {
    await prefix(cache);
  },
  async start(context) {
    const root = await prefix(context.cache);
    const folder = path.join(context.profile.data, 'rabbitmq');
    for (const each of ['home', 'mnesia', 'log']) await mkdir(path.join(folder, each), { recursive: true });
    const password = context.secrets.of('rabbitmq');
    await writeFiles(context, folder, password);
    const environment = await serverEnvironment(context, root, folder);
    const epmd = context.ports.of('rabbitmq-epmd');
    context.supervisor.start({
      name: 'rabbitmq-epmd',
      kind: 'engine',
      command: path.join(root, ERLANG, 'bin/epmd'),
      args: ['-port', String(epmd), '-address', '127.0.0.1'],
      cwd: folder,
      restart: true,
    });
    context.supervisor.start({
      name: 'rabbitmq',
      kind: 'engine',
      command: path.join(root, 'usr/lib/rabbitmq/bin/rabbitmq-server'),
      args: ['-noinput'],
      env: environment,
      cwd: folder,
      restart: true,
      stopTimeoutMs: 20_000,
    });
    const port = context.ports.of('rabbitmq');
    const management = `http://127.0.0.1:${String(context.ports.of('rabbitmq-management'))}`;
    const login = { authorization: `Basic ${Buffer.from(`souk:${password}`).toString('base64')}` };
    await waitUntil(
      'rabbitmq',
      () => answersHttp(`${management}/api/health/checks/port-listener/${String(port)}`, login),
      {
        timeoutMs: 120_000,
        isGone: () => context.supervisor.whyGone('rabbitmq'),
      },
    );
    return `amqp://souk:${password}@127.0.0.1:${String(port)}`;
  },
};

async function prefix(cache: Cache): Promise<string> {
  return cache.entry('rabbitmq-bookworm', async (target) => {
    await unpackDebianPackages(target, {
      suite: 'bookworm',
      names: ['rabbitmq-server'],
      keep: (file) => /^(erlang-|rabbitmq-server)/.test(file),
    });
    await bakeErlangRoot(target);
  });
}

/** The folder in Erlang's start script is the only path that is fixed. */
async function bakeErlangRoot(target: FillTarget): Promise<void> {
  const erlang = path.join(target.out, ERLANG);
  const runtime = (await readdir(erlang)).find((name) => name.startsWith('erts-'));
  const scripts = [
    'bin/erl',
    'bin/start',
    ...(runtime === undefined ? [] : [`${runtime}/bin/erl`, `${runtime}/bin/start`]),
  ];
  for (const script of scripts.map((name) => path.join(erlang, name)).filter((file) => existsSync(file))) {
    const text = await readFile(script, 'utf8');
    await writeFile(
      script,
      text.replaceAll(/ROOTDIR="?\/usr\/lib\/erlang"?/g, `ROOTDIR="${path.join(target.final, ERLANG)}"`),
    );
  }
}

async function writeFiles(context: EngineContext, folder: string, password: string): Promise<void> {
  const cookie = path.join(folder, 'home/.erlang.cookie');
  if (!existsSync(cookie)) await writeFile(cookie, randomBytes(24).toString('hex'), { mode: 0o400 });
  const settings = {
    'listeners.tcp.1': `127.0.0.1:${String(context.ports.of('rabbitmq'))}`,
    'management.tcp.ip': '127.0.0.1',
    'management.tcp.port': context.ports.of('rabbitmq-management'),
    'prometheus.tcp.ip': '127.0.0.1',
    'prometheus.tcp.port': context.ports.of('rabbitmq-metrics'),
    default_user: 'souk',
    default_pass: password,
    'default_permissions.configure': '.*',
    'default_permissions.read': '.*',
    'default_permissions.write': '.*',
    loopback_users: 'none',
    'vm_memory_high_watermark.absolute': '512MB',
    'disk_free_limit.absolute': '50MB',
    'log.console': 'true',
    'log.console.level': 'warning',
    'log.file': 'false',
    collect_statistics_interval: 10_000,
  };
  const lines = Object.entries(settings).map(([key, value]) => `${key} = ${String(value)}\n`);
  await writeFile(path.join(folder, 'rabbitmq.conf'), lines.join(''), { mode: 0o600 });
  await writeFile(path.join(folder, 'enabled_plugins'), '[rabbitmq_management,rabbitmq_prometheus].');
}

async function serverEnvironment(
  context: EngineContext,
  root: string,
  folder: string,
): Promise<Record<string, string>> {
  const library = path.join(root, 'usr/lib/rabbitmq/lib');
  const server = (await readdir(library)).find((name) => name.startsWith('rabbitmq_server-'));
  if (server === undefined) throw new Error(`no RabbitMQ in ${library}`);
  const at = (name: string): string => path.join(folder, name);
  return {
    HOME: at('home'),
    PATH: `${path.join(root, ERLANG, 'bin')}:${process.env['PATH'] ?? ''}`,
    ERL_EPMD_PORT: String(context.ports.of('rabbitmq-epmd')),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    // Runs the server in the foreground as this very process, so that it is ours to stop.
    RABBITMQ_ALLOW_INPUT: '1',
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_NODENAME: `souk-${context.profile.name}@localhost`,
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(context.ports.of('rabbitmq')),
    RABBITMQ_DIST_PORT: String(context.ports.of('rabbitmq-distribution')),
    RABBITMQ_MNESIA_BASE: at('mnesia'),
    RABBITMQ_LOG_BASE: at('log'),
    RABBITMQ_CONFIG_FILE: at('rabbitmq.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: at('enabled_plugins'),
    RABBITMQ_GENERATED_CONFIG_DIR: at('config'),
    RABBITMQ_FEATURE_FLAGS_FILE: at('feature_flags'),
    RABBITMQ_PID_FILE: at('pid'),
    RABBITMQ_ADVANCED_CONFIG_FILE: at('none.config'),
    RABBITMQ_QUORUM_DIR: at('quorum'),
    RABBITMQ_PLUGINS_DIR: path.join(library, server, 'plugins'),
    // Two schedulers that sleep when idle instead of spinning.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS:
      '+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}',
  };
}
