import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Profile } from './profile.ts';

/** Passwords of a profile's engines, made once and kept in `.souk/<profile>/secrets.json` (mode 0600). */
export interface Secrets {
  /** A secret by name, made at its first use; URL-safe. */
  of(name: string): string;
}

/** Opens a profile's secrets. */
export function openSecrets(profile: Profile): Secrets {
  const file = path.join(profile.folder, 'secrets.json');
  const known = new Map(Object.entries(readJson(file)));
  return {
    of(name) {
      const kept = known.get(name);
      if (kept !== undefined) return kept;
      const made = randomBytes(24).toString('base64url');
      known.set(name, made);
      writeFileSync(`${file}.new`, JSON.stringify(Object.fromEntries(known), null, 2), { mode: 0o600 });
      renameSync(`${file}.new`, file);
      return made;
    },
  };
}

function readJson(file: string): Record<string, string> {
  try {
    const read: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof read !== 'object' || read === null) return {};
    return Object.fromEntries(
      Object.entries(read).filter((each): each is [string, string] => typeof each[1] === 'string'),
    );
  } catch {
    return {};
  }
}
