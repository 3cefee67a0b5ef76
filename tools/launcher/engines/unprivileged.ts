import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { needsOtherUser, othersMayTraverse } from '../profile.ts';

const NOBODY = 65_534;

/** The user to run an engine as that refuses root: `nobody` when we are root, else ourselves (undefined). */
export function unprivilegedUser(): number | undefined {
  return needsOtherUser() ? NOBODY : undefined;
}

/** Makes a data folder that belongs to the engine's user. */
export function ownedFolder(folder: string, mode = 0o700): string {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, mode);
  if (needsOtherUser()) chownSync(folder, NOBODY, NOBODY);
  return folder;
}

/** @throws Error when the engine's user could not enter the folder. */
export function requireTraversable(folder: string): void {
  if (needsOtherUser() && !othersMayTraverse(folder)) {
    throw new Error(
      `${folder} cannot be entered by the unprivileged user that engines run as: set SOUK_CACHE to another folder`,
    );
  }
}
