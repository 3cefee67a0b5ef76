import { subscribe } from 'node:diagnostics_channel';
import { Socket } from 'node:net';
import { type Logger, type ServiceHost, systemClock } from '@souk/kernel';
import { testEngines, testNamespace } from '@souk/testing';

/** A host for one test file, with what it has logged. */
export interface TestHost extends ServiceHost {
  readonly logged: string[];
  stop(): Promise<void>;
}

export function testHost(): TestHost {
  const stops: (() => Promise<void>)[] = [];
  const logged: string[] = [];
  const note = (fields: object, message: string): void => {
    logged.push(`${message} ${JSON.stringify(fields)}`);
  };
  const log: Logger = { debug: () => undefined, info: note, warn: note, error: note };
  return {
    name: 'payment',
    namespace: testNamespace(),
    log,
    clock: systemClock,
    engines: testEngines(),
    onStop: (_phase, stop) => void stops.push(stop),
    healthCheck: () => undefined,
    logged,
    async stop() {
      for (const stop of stops) await stop();
    },
  };
}

/** Sees every TCP connection that this process opens, to cut those to one port. */
export function connectionCutter(): (port: number) => number {
  const sockets = new Set<Socket>();
  subscribe('net.client.socket', (event) => {
    if (typeof event !== 'object' || event === null || !('socket' in event)) return;
    if (event.socket instanceof Socket) sockets.add(event.socket);
  });
  return (port) => {
    const hit = [...sockets].filter((socket) => socket.remotePort === port && !socket.destroyed);
    for (const socket of hit) socket.destroy(new Error('cut by the test'));
    return hit.length;
  };
}
