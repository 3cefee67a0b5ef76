import path from 'node:path';
import { acceptsTcp, waitUntil } from '../../../../tools/launcher/processes/health.ts';
import {
  createSupervisor,
  type ProcessSpec,
  type Supervisor,
} from '../../../../tools/launcher/processes/supervisor.ts';
import { startWatchdog } from '../../../../tools/launcher/processes/watchdog.ts';
import { eventually } from '@souk/testing';
import { freePort } from './free-port.ts';
import { type Installation, readInstallation } from './installation.ts';

const READY_WITHIN_MS = 60_000;

/** A process that the rig started and may do anything to. */
export interface Child {
  readonly name: string;
  /** Ends it without a warning; resolves when it is gone. It stays gone until `start`. */
  kill(): Promise<void>;
  /** Stops the process in its tracks, as a long pause of a machine would, or lets it go on. */
  freeze(): void;
  thaw(): void;
  /** Starts it again and waits until it listens, if it is to listen. */
  start(): Promise<void>;
  isRunning(): boolean;
}

/** A process of a service beside those that the launcher runs. */
export interface Lane extends Child {
  /** Where it serves gRPC. */
  readonly address: string;
}

/** Processes of the rig's own; they end with it, however it ends. */
export interface Children {
  readonly installation: Installation;
  readonly supervisor: Supervisor;
  /** Sends a signal to a child, if it runs. */
  signal(name: string, signal: NodeJS.Signals): void;
  /** Runs a program of this project, given by its path from the root. */
  program(name: string, file: string, env: Readonly<Record<string, string>>): Child;
  /**
   * One more process of a service on the platform's data, with settings of its own; `file` stands in for the service's
   * own program. It does not run until it is started.
   */
  lane(service: string, env: Readonly<Record<string, string>>, file?: string): Promise<Lane>;
  close(): Promise<void>;
}

/** Gets ready to run processes. */
export function openChildren(): Children {
  const installation = readInstallation();
  const { profile } = installation;
  const watchdog = startWatchdog();
  const supervisor = createSupervisor({
    logs: profile.logs,
    watchdog,
    onChange: () => undefined,
    onCrash: () => undefined,
  });
  const isRunning = (name: string): boolean =>
    supervisor.list().some((each) => each.name === name && each.pid !== undefined);
  const signal: Children['signal'] = (name, kind) => {
    const pid = supervisor.list().find((each) => each.name === name)?.pid;
    if (pid === undefined) return;
    try {
      process.kill(pid, kind);
    } catch {
      // It is gone already.
    }
  };
  let lanes = 0;

  const child = (spec: ProcessSpec, port?: number): Child => ({
    name: spec.name,
    isRunning: () => isRunning(spec.name),
    async kill() {
      signal(spec.name, 'SIGKILL');
      await eventually(() => {
        if (isRunning(spec.name)) throw new Error(`${spec.name} does not end`);
      });
    },
    freeze: () => signal(spec.name, 'SIGSTOP'),
    thaw: () => signal(spec.name, 'SIGCONT'),
    async start() {
      supervisor.start(spec);
      if (port === undefined) return;
      await waitUntil(spec.name, () => acceptsTcp(port), {
        timeoutMs: READY_WITHIN_MS,
        isGone: () => supervisor.whyGone(spec.name),
      });
    },
  });

  return {
    installation,
    supervisor,
    signal,
    program: (name, file, env) =>
      child({
        name: `faults-${name}`,
        kind: 'simulator',
        command: process.execPath,
        args: [file],
        env: { ...env },
        cwd: profile.root,
      }),
    async lane(service, env, file = path.join('services', service, 'src/main.ts')) {
      lanes += 1;
      const [grpc, ops] = [await freePort(), await freePort()];
      const made = child(
        {
          name: `faults-${service}-${lanes}`,
          kind: 'service',
          command: process.execPath,
          args: [file],
          env: {
            ...installation.environmentOf(service),
            ...env,
            SOUK_GRPC_PORT: String(grpc),
            SOUK_OPS_PORT: String(ops),
          },
          cwd: profile.root,
        },
        grpc,
      );
      return { ...made, address: `127.0.0.1:${grpc}` };
    },
    async close() {
      for (const { name } of supervisor.list()) signal(name, 'SIGCONT');
      await supervisor.stopAll();
      watchdog.close();
    },
  };
}
