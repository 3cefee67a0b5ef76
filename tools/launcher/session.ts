import { mkdirSync } from 'node:fs';
import { openCache } from './cache/cache.ts';
import { cacheFolder } from './cache/folder.ts';
import type { EngineContext } from './engines/engine.ts';
import { busyPorts, choosePortBase, type PortPlan, planPorts } from './ports.ts';
import { createSupervisor } from './processes/supervisor.ts';
import { startWatchdog, type Watchdog } from './processes/watchdog.ts';
import type { Profile } from './profile.ts';
import type { Progress } from './progress.ts';
import { openSecrets } from './secrets.ts';
import { listServices } from './services.ts';
import {
  endLeftovers,
  isRunning,
  type LauncherState,
  type Role,
  readState,
  removeState,
  writeState,
} from './state.ts';

/** One run of the launcher over a profile. */
export interface Session extends EngineContext {
  readonly progress: Progress;
  readonly watchdog: Watchdog;
  /** Aborted when the run is asked to end (Ctrl-C, SIGTERM, `npm stop`, the starting process is gone). */
  readonly ended: AbortSignal;
  /** Asks the run to end. */
  end(): void;
  /** Stops every child and forgets the state. */
  close(): Promise<void>;
}

/**
 * Opens a run: one at a time per profile and role, leftovers of a killed one are ended first, ports are checked.
 *
 * @param engines - The run whose engines are used, when they run already.
 * @throws Error in plain words when the profile runs already or a port is taken.
 */
export async function openSession(
  profile: Profile,
  role: Role,
  progress: Progress,
  engines?: LauncherState,
): Promise<Session> {
  const before = readState(profile, role);
  if (before !== undefined && isRunning(before)) {
    throw new Error(`profile ${profile.name} runs already (pid ${String(before.pid)}); "npm stop" ends dev`);
  }
  if (before !== undefined) {
    const ended = await endLeftovers(before);
    if (ended.length > 0) progress.line(`  ended what a killed run had left: ${ended.join(', ')}`);
  }
  const ports = await choosePorts(profile, engines);

  const folder = cacheFolder();
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const watchdog = startWatchdog();
  const abort = new AbortController();
  const save = (): void => {
    writeState(profile, role, ports.base, supervisor.list());
  };
  const supervisor = createSupervisor({
    logs: profile.logs,
    watchdog,
    onChange: save,
    onCrash: (name, how) => {
      if (!abort.signal.aborted)
        progress.line(`  ! ${name} ended (${how}); log: ${supervisor.logFile(name)}`);
    },
  });
  save();

  const end = (): void => {
    abort.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'] as const) process.on(signal, end);
  // The channel alone must not keep this process alive.
  process.channel?.unref();
  return {
    profile,
    cache: openCache(folder),
    ports,
    secrets: openSecrets(profile),
    supervisor,
    watchdog,
    durable: profile.name === 'dev',
    progress,
    ended: abort.signal,
    end,
    async close() {
      await supervisor.stopAll();
      watchdog.close();
      removeState(profile, role);
    },
  };
}

async function choosePorts(profile: Profile, engines: LauncherState | undefined): Promise<PortPlan> {
  const services = listServices(profile.root);
  const base = engines?.portBase ?? (await choosePortBase(profile.name, services));
  const ports = planPorts(base, services);
  const busy = await busyPorts(ports, engines === undefined ? undefined : 'platform');
  if (busy.length === 0) return ports;
  const list = busy.map((each) => `${String(each.port)} (${each.name})`).join(', ');
  const variable = profile.name === 'dev' ? 'SOUK_PORT_BASE' : 'SOUK_TEST_PORT_BASE';
  throw new Error(`ports in use: ${list}. End what listens there, or choose others by ${variable}`);
}
