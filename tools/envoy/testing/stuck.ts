import { createServer, type Socket } from 'node:net';
import { portOf } from './ports.ts';

/** A server that takes connections and never says a word, as a process does that is stopped. */
export interface StuckServer {
  readonly port: number;
  close(): void;
}

/** Starts one. */
export async function startStuckServer(): Promise<StuckServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: portOf(server.address()),
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
