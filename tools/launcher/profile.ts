import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { createHash } from 'node:crypto';
import path from 'node:path';

/** The profiles: `dev` is what `npm start` runs, `test` is what `npm test` runs; they share nothing but the cache. */
export type ProfileName = 'dev' | 'test';

/** Where one profile keeps its state: everything under `.souk/<name>` of the clone, engine data beside it. */
export interface Profile {
  readonly name: ProfileName;
  /** Root of the clone, absolute. */
  readonly root: string;
  /** `.souk/<name>`: state file, secrets, rendered configuration. */
  readonly folder: string;
  /** One log file per process. */
  readonly logs: string;
  /** Data of the engines; outside the clone when the clone cannot be traversed by the engines' user. */
  readonly data: string;
}

/** The root of the clone, from this file's place in it. */
export const projectRoot = path.resolve(import.meta.dirname, '../..');

/** Reads a profile's name from text; anything but `dev` and `test` is an error. */
export function parseProfileName(text: string): ProfileName {
  if (text === 'dev' || text === 'test') return text;
  throw new Error(`unknown profile "${text}": use dev or test`);
}

/** Opens a profile, making its folders. */
export function openProfile(name: ProfileName, root: string = projectRoot): Profile {
  const folder = path.join(root, '.souk', name);
  const logs = path.join(folder, 'logs');
  const inside = path.join(folder, 'data');
  const data = needsOtherUser() && !othersMayTraverse(root) ? outsideDataFolder(root, name) : inside;
  for (const each of [logs, data]) mkdirSync(each, { recursive: true, mode: 0o755 });
  return { name, root, folder, logs, data };
}

/** PostgreSQL and Elasticsearch refuse to run as root, so root starts them as `nobody`. */
export function needsOtherUser(): boolean {
  return process.getuid?.() === 0;
}

/** True when every folder from `/` down to this one may be entered by any user. */
export function othersMayTraverse(folder: string): boolean {
  for (let each = path.resolve(folder); ; each = path.dirname(each)) {
    if ((statSync(each).mode & 0o001) === 0) return false;
    if (each === path.dirname(each)) return true;
  }
}

function outsideDataFolder(root: string, name: ProfileName): string {
  const clone = createHash('sha256').update(root).digest('hex').slice(0, 12);
  const folder = path.join('/var/lib/souk', clone, name);
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  accessSync(folder, constants.W_OK);
  return folder;
}
