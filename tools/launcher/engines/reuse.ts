import { existsSync } from 'node:fs';
import { addressFile, readAddresses } from '../addresses.ts';
import type { Profile } from '../profile.ts';
import { isRunning, type LauncherState, readState } from '../state.ts';
import type { EngineAddresses } from './native.ts';

/** Engines of this profile that somebody's `engines` command runs, or undefined. */
export function runningEngines(
  profile: Profile,
): { state: LauncherState; addresses: EngineAddresses } | undefined {
  const state = readState(profile, 'engines');
  if (state === undefined || !isRunning(state) || !existsSync(addressFile(profile))) return undefined;
  return { state, addresses: readAddresses(profile) };
}
