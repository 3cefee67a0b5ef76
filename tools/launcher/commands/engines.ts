import { rmSync, writeFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import { ENGINE_NAMES } from '../engines/engine.ts';
import { type EngineAddresses, requireAll, startNative } from '../engines/native.ts';
import { startRatelimit } from '../engines/ratelimit.ts';
import type { Profile } from '../profile.ts';
import { openSession } from '../session.ts';

/** File in which a profile's engine addresses are told to tests and tools, while they run. */
export function addressFile(profile: Profile): string {
  return path.join(profile.folder, 'engines.json');
}

/** Writes the address file. */
export function writeAddresses(
  profile: Profile,
  addresses: EngineAddresses,
  ratelimit: string | undefined,
): void {
  const { kafka, ...rest } = addresses;
  const content = { ...rest, kafka: kafka.split(','), ...(ratelimit === undefined ? {} : { ratelimit }) };
  const file = addressFile(profile);
  writeFileSync(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** `engines`: starts a profile's engines alone and keeps them until it is ended. */
export async function runEngines(profile: Profile): Promise<void> {
  const session = await openSession(profile);
  try {
    const addresses = requireAll(await startNative(session, ENGINE_NAMES, session.progress));
    const ratelimit = await session.progress.step('start ratelimit', () =>
      startRatelimit(session, addresses.redis, undefined),
    );
    writeAddresses(profile, addresses, ratelimit);
    session.progress.line(
      `Engines of profile ${profile.name} run; addresses: ${addressFile(profile)}. Ctrl-C ends them.`,
    );
    await session.ended;
  } finally {
    rmSync(addressFile(profile), { force: true });
    await session.close();
  }
}
