import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { waitUntil } from './health.ts';
import { isSameProcess } from './identity.ts';
import { createSupervisor, type ProcessSpec, type Supervisor } from './supervisor.ts';
import { startWatchdog, type Watchdog } from './watchdog.ts';

let logs: string;
let watchdog: Watchdog;
let crashes: string[];
let supervisor: Supervisor;
beforeEach(() => {
  logs = mkdtempSync(path.join(tmpdir(), 'souk-logs-'));
  watchdog = startWatchdog();
  crashes = [];
  supervisor = createSupervisor({
    logs,
    watchdog,
    onChange: () => undefined,
    onCrash: (name, how) => {
      crashes.push(`${name}: ${how}`);
    },
  });
});
afterEach(async () => {
  await supervisor.stopAll();
  watchdog.close();
  rmSync(logs, { recursive: true });
});

function shell(name: string, script: string, rest: Partial<ProcessSpec> = {}): ProcessSpec {
  return { name, kind: 'service', command: '/bin/sh', args: ['-c', script], cwd: '/', ...rest };
}

describe('the supervisor', () => {
  it('logs what a process says, and stops it with all it started', async () => {
    supervisor.start(shell('parent', 'sleep 1000 & echo child $!; wait'));
    const logged = (): string => readFileSync(supervisor.logFile('parent'), 'utf8');
    await waitUntil('the log', () => Promise.resolve(logged().includes('child')), { timeoutMs: 5000 });
    const child = Number(/child (\d+)/.exec(logged())?.[1]);
    await supervisor.stop('parent');
    await waitUntil('the end of its child', () => Promise.resolve(!isAlive(child)), { timeoutMs: 5000 });
    expect(crashes).toEqual([]);
  });

  it('starts a process again that ends unasked', async () => {
    supervisor.start(shell('flaky', 'exit 7', { restart: true }));
    await waitUntil('a restart', () => Promise.resolve(supervisor.restartsOf('flaky') > 0), {
      timeoutMs: 5000,
    });
    expect(crashes[0]).toBe('flaky: exit code 7');
  });

  it('kills what does not want to end', async () => {
    supervisor.start(
      shell('stubborn', "trap '' TERM; echo ready; while :; do sleep 0.1; done", { stopTimeoutMs: 100 }),
    );
    const ready = (): boolean => readFileSync(supervisor.logFile('stubborn'), 'utf8').includes('ready');
    await waitUntil('it', () => Promise.resolve(ready()), { timeoutMs: 5000 });
    const before = supervisor.list()[0];
    await supervisor.stop('stubborn');
    expect(isSameProcess(before?.pid ?? 0, before?.startTime ?? '')).toBe(false);
  });

  it('reports a program that is not there', async () => {
    supervisor.start({ ...shell('missing', ''), command: '/nowhere/program' });
    await waitUntil('the report', () => Promise.resolve(crashes.length > 0), { timeoutMs: 5000 });
    expect(supervisor.whyGone('missing')).toContain('ENOENT');
  });
});

describe('the watchdog', () => {
  it('ends the groups that it knows when its owner is gone', async () => {
    supervisor.start(shell('orphan', 'sleep 1000'));
    const { pid = 0, startTime = '' } = supervisor.list()[0] ?? {};
    watchdog.close();
    await waitUntil('the end', () => Promise.resolve(!isSameProcess(pid, startTime)), { timeoutMs: 10_000 });
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${String(pid)}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}
