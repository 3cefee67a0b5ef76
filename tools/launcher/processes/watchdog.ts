import { spawn } from 'node:child_process';
import path from 'node:path';

/** Ends the process groups that it was told of when this process is gone, `kill -9` included. */
export interface Watchdog {
  started(group: number): void;
  ended(group: number): void;
  /** Releases the watchdog; groups still known to it are ended. */
  close(): void;
}

/** Starts the watchdog: a small shell in a session of its own, reading from a pipe that dies with this process. */
export function startWatchdog(): Watchdog {
  const child = spawn('/bin/sh', [path.join(import.meta.dirname, 'watchdog.sh')], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
  });
  child.unref();
  const tell = (line: string): void => {
    if (child.stdin.writable) child.stdin.write(`${line}\n`);
  };
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  return {
    started: (group) => {
      tell(`+${String(group)}`);
    },
    ended: (group) => {
      tell(`-${String(group)}`);
    },
    close: () => {
      child.stdin.end();
    },
  };
}
