import { existsSync, readFileSync, renameSync, writeFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isSameProcess, startTimeOf } from './processes/identity.ts';
import { killGroup, type ProcessReport } from './processes/supervisor.ts';
import type { Profile } from './profile.ts';

/** What a running launcher writes down, for commands and for the next start. */
export interface LauncherState {
  readonly pid: number;
  readonly startTime: string;
  readonly portBase: number;
  readonly processes: readonly ProcessReport[];
}

/** What a launcher runs: the engines alone, or the whole platform (which may use engines that run already). */
export type Role = 'engines' | 'platform';

/** Where the state is kept. */
export function stateFile(profile: Profile, role: Role): string {
  return path.join(profile.folder, `${role}-state.json`);
}

/** Writes the state; a reader sees the old or the new one, never half. */
export function writeState(
  profile: Profile,
  role: Role,
  portBase: number,
  processes: readonly ProcessReport[],
): void {
  const state: LauncherState = {
    pid: process.pid,
    startTime: startTimeOf(process.pid) ?? '',
    portBase,
    processes,
  };
  const file = stateFile(profile, role);
  writeFileSync(`${file}.new`, JSON.stringify(state, null, 2));
  renameSync(`${file}.new`, file);
}

/** Removes the state after an orderly end. */
export function removeState(profile: Profile, role: Role): void {
  rmSync(stateFile(profile, role), { force: true });
}

/** Reads the state, or undefined when there is none. */
export function readState(profile: Profile, role: Role): LauncherState | undefined {
  const file = stateFile(profile, role);
  if (!existsSync(file)) return undefined;
  try {
    const read: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isState(read) ? read : undefined;
  } catch {
    return undefined;
  }
}

/** True while the launcher that wrote this state is alive. */
export function isRunning(state: LauncherState): boolean {
  return isSameProcess(state.pid, state.startTime);
}

/**
 * Ends processes that a killed launcher left behind, recognised by pid and start time.
 *
 * @returns the names of what was ended.
 */
export async function endLeftovers(state: LauncherState): Promise<readonly string[]> {
  const alive = (): ProcessReport[] =>
    state.processes.filter((each) => each.pid !== undefined && isSameProcess(each.pid, each.startTime ?? ''));
  const left = alive();
  for (const { pid } of left) if (pid !== undefined) killGroup(pid, 'SIGTERM');
  for (let waited = 0; alive().length > 0 && waited < 10_000; waited += 100) await sleep(100);
  for (const { pid } of alive()) if (pid !== undefined) killGroup(pid, 'SIGKILL');
  return left.map((each) => each.name);
}

function isState(value: unknown): value is LauncherState {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pid' in value &&
    typeof value.pid === 'number' &&
    'startTime' in value &&
    typeof value.startTime === 'string' &&
    'portBase' in value &&
    typeof value.portBase === 'number' &&
    'processes' in value &&
    Array.isArray(value.processes)
  );
}
