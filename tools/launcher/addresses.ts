import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ENGINE_NAMES } from './engines/engine.ts';
import { type EngineAddresses, requireAll } from './engines/native.ts';
import type { Profile } from './profile.ts';

/** File in which a profile's engine addresses are told to tests and tools, while they run. */
export function addressFile(profile: Profile): string {
  return path.join(profile.folder, 'engines.json');
}

/** Writes the address file. */
export function writeAddresses(profile: Profile, addresses: EngineAddresses): void {
  const { kafka, ...rest } = addresses;
  writeJson(addressFile(profile), { ...rest, kafka: kafka.split(',') });
}

/** Reads the address file. @throws Error when an address is missing. */
export function readAddresses(profile: Profile): EngineAddresses {
  const read: unknown = JSON.parse(readFileSync(addressFile(profile), 'utf8'));
  const entries = Object.entries(typeof read === 'object' && read !== null ? read : {});
  return requireAll(
    Object.fromEntries(
      entries
        .filter(([name]) => ENGINE_NAMES.some((engine) => engine === name))
        .map(([name, value]: [string, unknown]) => [
          name,
          Array.isArray(value) ? value.join(',') : String(value),
        ]),
    ),
  );
}

/** Removes the address file. */
export function removeAddresses(profile: Profile): void {
  rmSync(addressFile(profile), { force: true });
}

/** Where the running platform is: for end-to-end tests, sample data, replay and bench. */
export interface PlatformAddresses {
  /** Base URL of the edge. */
  readonly edge: string;
  readonly admin: { readonly email: string; readonly password: string };
  /** Accounts to try the shop with: a shopper and one of each role, all with the same password. */
  readonly demo: { readonly emails: readonly string[]; readonly password: string };
  readonly namespace: string;
  /** gRPC ports of the replicas that run, by service; calls past the edge need a mesh key. */
  readonly services: Readonly<Record<string, readonly number[]>>;
  /** Base URLs of the simulators' HTTP sides. */
  readonly simulators: Readonly<Record<string, string>>;
}

/** File in which the running platform's addresses are told. */
export function platformFile(profile: Profile): string {
  return path.join(profile.folder, 'platform.json');
}

/** Writes the platform's addresses, readable for this user only. */
export function writePlatform(profile: Profile, platform: PlatformAddresses): void {
  writeJson(platformFile(profile), platform);
}

function writeJson(file: string, content: object): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Removes the platform's address file. */
export function removePlatform(profile: Profile): void {
  rmSync(platformFile(profile), { force: true });
}
