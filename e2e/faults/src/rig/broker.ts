import { rmSync } from 'node:fs';
import path from 'node:path';
import { openCache } from '../../../../tools/launcher/cache/cache.ts';
import { cacheFolder } from '../../../../tools/launcher/cache/folder.ts';
import { kafka } from '../../../../tools/launcher/engines/kafka.ts';
import { planPorts } from '../../../../tools/launcher/ports.ts';
import { openSecrets } from '../../../../tools/launcher/secrets.ts';
import type { Children } from './children.ts';
import { freePort } from './free-port.ts';

/** A Kafka of the rig's own, which may be killed without disturbing anybody; it comes back by itself. */
export interface Broker {
  readonly address: string;
  /** Ends it without a warning. */
  kill(): void;
}

/** Starts an empty broker. */
export async function startBroker({ installation, supervisor, signal }: Children): Promise<Broker> {
  const { profile } = installation;
  const data = path.join(profile.data, 'faults');
  rmSync(data, { recursive: true, force: true });
  const places = new Map([
    ['kafka', await freePort()],
    ['kafka-controller', await freePort()],
  ]);
  const address = await kafka.start({
    profile: { ...profile, data },
    cache: openCache(cacheFolder()),
    ports: { ...planPorts(0, []), of: (name) => places.get(name) ?? 0 },
    secrets: openSecrets(profile),
    supervisor,
    durable: false,
  });
  return { address, kill: () => signal('kafka', 'SIGKILL') };
}
