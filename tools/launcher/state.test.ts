import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { startTimeOf } from './processes/identity.ts';
import { openProfile, type Profile } from './profile.ts';
import { endLeftovers, isRunning, readState, removeState, stateFile, writeState } from './state.ts';

let root: string;
let profile: Profile;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'souk-state-'));
  profile = openProfile('test', root);
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

it('tells a run that is alive from one whose pid went to somebody else', () => {
  writeState(profile, 'platform', 21_000, []);
  const state = readState(profile, 'platform');
  expect(state).toMatchObject({ pid: process.pid, portBase: 21_000 });
  if (state === undefined) throw new Error('no state');
  expect(isRunning(state)).toBe(true);
  expect(isRunning({ ...state, startTime: 'another' })).toBe(false);
  expect(readState(profile, 'engines')).toBeUndefined();
  removeState(profile, 'platform');
  expect(readState(profile, 'platform')).toBeUndefined();
});

it('takes a broken state file for none', () => {
  writeFileSync(stateFile(profile, 'platform'), '{"pid":');
  expect(readState(profile, 'platform')).toBeUndefined();
});

it('ends what a killed run left behind, and nothing that only has its pid', async () => {
  const child = spawn('/bin/sh', ['-c', 'sleep 1000'], { detached: true, stdio: 'ignore' });
  const ended = once(child, 'exit');
  const { pid = 0 } = child;
  const report = { name: 'order', kind: 'service', pid, restarts: 0, state: 'running' } as const;
  const state = { pid: 1, startTime: 'long ago', portBase: 21_000 };
  const other = { ...report, startTime: 'another' };
  expect(await endLeftovers({ ...state, processes: [other] })).toEqual([]);
  expect(startTimeOf(pid)).toBeDefined();
  const same = { ...report, startTime: startTimeOf(pid) };
  expect(await endLeftovers({ ...state, processes: [same] })).toEqual(['order']);
  await ended;
});
