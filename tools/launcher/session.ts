import { cacheFolder } from './cache/folder.ts';
import { openCache } from './cache/cache.ts';
import { mkdirSync } from 'node:fs';
import type { EngineContext } from './engines/engine.ts';
import { busyPorts, choosePortBase, planPorts } from './ports.ts';
import { createProgress, type Progress } from './progress.ts';
import { createSupervisor } from './processes/supervisor.ts';
import { startWatchdog } from './processes/watchdog.ts';
import type { Profile } from './profile.ts';
import { openSecrets } from './secrets.ts';
import { listServices } from './services.ts';
import { endLeftovers, isRunning, readState, removeState, writeState } from './state.ts';

/** One run of the launcher over a profile. */
export interface Session extends EngineContext {
  readonly progress: Progress;
  /** Settles when the run was asked to end (Ctrl-C, SIGTERM, `npm stop`). */
  readonly ended: Promise<void>;
  /** Asks the run to end. */
  end(): void;
  /** Stops every child and forgets the state. */
  close(): Promise<void>;
}

/**
 * Opens a run: one at a time per profile, leftovers of a killed one are ended first, ports are checked.
 *
 * @throws Error in plain words when the profile runs already or a port is taken.
 */
export async function openSession(profile: Profile): Promise<Session> {
  const progress = createProgress(process.stdout);
  const before = readState(profile);
  if (isRunning(before)) {
    throw new Error(`profile ${profile.name} runs already (pid ${String(before.pid)}): "npm stop" ends it`);
  }
  if (before !== undefined) {
    const ended = await endLeftovers(before);
    if (ended.length > 0) progress.line(`  ended what a killed run had left: ${ended.join(', ')}`);
  }
  const services = listServices(profile.root);
  const ports = planPorts(await choosePortBase(profile.name, services), services);
  const busy = await busyPorts(ports);
  if (busy.length > 0) {
    const list = busy.map((each) => `${String(each.port)} (${each.name})`).join(', ');
    throw new Error(
      `ports in use: ${list}. End what listens there or set ${profile.name === 'dev' ? 'SOUK_PORT_BASE' : 'SOUK_TEST_PORT_BASE'}`,
    );
  }

  const folder = cacheFolder();
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const watchdog = startWatchdog();
  const save = (): void => {
    writeState(profile, ports.base, supervisor.list());
  };
  const supervisor = createSupervisor({
    logs: profile.logs,
    watchdog,
    onChange: save,
    onCrash: (name, how) => {
      progress.line(`  ! ${name} ended (${how}); log: ${supervisor.logFile(name)}`);
    },
  });
  save();

  const { promise: ended, resolve: end } = Promise.withResolvers<undefined>();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      end(undefined);
    });
  }
  return {
    profile,
    cache: openCache(folder),
    ports,
    secrets: openSecrets(profile),
    supervisor,
    durable: profile.name === 'dev',
    progress,
    ended,
    end: () => {
      end(undefined);
    },
    async close() {
      await supervisor.stopAll();
      watchdog.close();
      removeState(profile);
    },
  };
}
