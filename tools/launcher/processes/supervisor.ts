import { type ChildProcess, spawn } from 'node:child_process';
import { openSync, closeSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTimeOf } from './identity.ts';
import type { Watchdog } from './watchdog.ts';

const LOG_ROTATE_BYTES = 20 * 1024 * 1024;
const RESTART_DELAYS_MS = [200, 500, 1000, 2000, 5000, 10_000];
const STABLE_AFTER_MS = 30_000;

/** What a process is part of; the order of stopping is the reverse of this list. */
type ProcessKind = 'engine' | 'simulator' | 'service' | 'edge';

/** One child process to run. */
export interface ProcessSpec {
  /** Unique in the profile; also the log file's name. */
  readonly name: string;
  readonly kind: ProcessKind;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment beside PATH, HOME and LANG. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** User and group to run as (root only). */
  readonly uid?: number;
  readonly stopSignal?: NodeJS.Signals;
  readonly stopTimeoutMs?: number;
  /** Starts the process again when it ends unasked, with growing pauses. */
  readonly restart?: boolean;
}

/** What is known of a child. */
export interface ProcessReport {
  readonly name: string;
  readonly kind: ProcessKind;
  readonly pid: number | undefined;
  readonly startTime: string | undefined;
  readonly restarts: number;
  readonly state: 'running' | 'waiting' | 'stopped';
}

/** Runs children in process groups of their own, logs them to files, restarts and stops them. */
export interface Supervisor {
  start(spec: ProcessSpec): void;
  /** Asks the process to end, kills its group after its time, returns once it is gone. */
  stop(name: string): Promise<void>;
  restart(name: string): Promise<void>;
  stopAll(): Promise<void>;
  list(): readonly ProcessReport[];
  /** Why a process is not running, or undefined while it is. */
  whyGone(name: string): string | undefined;
  logFile(name: string): string;
  /** How often a process was started again. */
  restartsOf(name: string): number;
}

interface Entry {
  readonly spec: ProcessSpec;
  child: ChildProcess | undefined;
  startedAt: number;
  startTime: string | undefined;
  restarts: number;
  consecutive: number;
  stopping: boolean;
  ending: string | undefined;
}

/** Makes a supervisor. `onChange` is told after every start and end, `onCrash` when a process ends unasked. */
export function createSupervisor(options: {
  readonly logs: string;
  readonly watchdog: Watchdog;
  readonly onChange: () => void;
  readonly onCrash: (name: string, how: string) => void;
}): Supervisor {
  const entries = new Map<string, Entry>();
  const logFile = (name: string): string => path.join(options.logs, `${name}.log`);

  const launch = (entry: Entry): void => {
    const { spec } = entry;
    const log = openLog(logFile(spec.name));
    const child = spawn(spec.command, spec.args, {
      cwd: spec.cwd,
      env: childEnvironment(spec),
      stdio: ['ignore', log, log],
      // A group of its own: Ctrl-C reaches the launcher alone, which then stops the children in order.
      detached: true,
      ...(spec.uid === undefined ? {} : { uid: spec.uid, gid: spec.uid }),
    });
    closeSync(log);
    entry.child = child;
    entry.startedAt = Date.now();
    entry.ending = undefined;
    if (child.pid !== undefined) {
      options.watchdog.started(child.pid);
      entry.startTime = startTimeOf(child.pid);
    }
    const { pid } = child;
    let over = false;
    const ended = (how: string): void => {
      if (over) return;
      over = true;
      if (pid !== undefined) {
        killGroup(pid, 'SIGKILL');
        options.watchdog.ended(pid);
      }
      entry.child = undefined;
      entry.ending = how;
      options.onChange();
      if (entry.stopping) return;
      options.onCrash(spec.name, how);
      if (spec.restart === true) void relaunch(entry);
    };
    child.once('error', (error) => {
      ended(error.message);
    });
    child.once('exit', (code, signal) => {
      ended(signal ?? `exit code ${String(code)}`);
    });
    options.onChange();
  };

  const relaunch = async (entry: Entry): Promise<void> => {
    entry.consecutive = Date.now() - entry.startedAt > STABLE_AFTER_MS ? 0 : entry.consecutive + 1;
    await sleep(RESTART_DELAYS_MS[Math.min(entry.consecutive, RESTART_DELAYS_MS.length - 1)]);
    if (entry.stopping || entry.child !== undefined || entries.get(entry.spec.name) !== entry) return;
    entry.restarts += 1;
    launch(entry);
  };

  const stop = async (name: string): Promise<void> => {
    const entry = entries.get(name);
    if (entry === undefined) return;
    entry.stopping = true;
    const { child, spec } = entry;
    if (child?.pid === undefined) return;
    const gone = new Promise<void>((resolve) => {
      child.once('exit', () => {
        resolve();
      });
    });
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(spec.stopSignal ?? 'SIGTERM');
    const timer = setTimeout(() => {
      if (child.pid !== undefined) killGroup(child.pid, 'SIGKILL');
    }, spec.stopTimeoutMs ?? 15_000);
    await gone;
    clearTimeout(timer);
  };

  return {
    logFile,
    start(spec) {
      if (entries.get(spec.name)?.child !== undefined) throw new Error(`${spec.name} runs already`);
      const entry: Entry = {
        spec,
        child: undefined,
        startedAt: 0,
        startTime: undefined,
        restarts: 0,
        consecutive: 0,
        stopping: false,
        ending: undefined,
      };
      entries.set(spec.name, entry);
      launch(entry);
    },
    async stop(name) {
      await stop(name);
      entries.delete(name);
      options.onChange();
    },
    async restart(name) {
      const entry = entries.get(name);
      if (entry === undefined) throw new Error(`nothing called "${name}" runs`);
      await stop(name);
      entry.stopping = false;
      entry.restarts += 1;
      if (entry.child === undefined) launch(entry);
    },
    async stopAll() {
      for (const kind of ['edge', 'service', 'simulator', 'engine'] satisfies ProcessKind[]) {
        await Promise.all(
          [...entries.values()].filter((each) => each.spec.kind === kind).map((each) => stop(each.spec.name)),
        );
      }
    },
    restartsOf: (name) => entries.get(name)?.restarts ?? 0,
    list: () =>
      [...entries.values()].map((entry) => ({
        name: entry.spec.name,
        kind: entry.spec.kind,
        pid: entry.child?.pid,
        startTime: entry.child === undefined ? undefined : entry.startTime,
        restarts: entry.restarts,
        state: entry.child !== undefined ? 'running' : entry.stopping ? 'stopped' : 'waiting',
      })),
    whyGone: (name) => {
      const entry = entries.get(name);
      if (entry === undefined) return 'never started';
      return entry.child === undefined ? `${entry.ending ?? 'unknown'} (see ${logFile(name)})` : undefined;
    },
  };
}

/** Signals a whole process group; a group that is gone is no error. */
export function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody is left in the group.
  }
}

function childEnvironment(spec: ProcessSpec): NodeJS.ProcessEnv {
  const { PATH, HOME, USER, TMPDIR } = process.env;
  return { PATH, HOME, USER, TMPDIR, LANG: 'C.UTF-8', ...spec.env };
}

function openLog(file: string): number {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_ROTATE_BYTES) renameSync(file, `${file}.1`);
  return openSync(file, 'a');
}
