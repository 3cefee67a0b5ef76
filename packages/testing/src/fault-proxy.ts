import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Where the proxy passes bytes on to. */
export interface ProxyTarget {
  readonly host: string;
  readonly port: number;
}

/** A TCP proxy before a dependency, which misbehaves when told to. */
export interface FaultProxy {
  /** Where it listens, on 127.0.0.1. */
  readonly port: number;
  /** Holds back whatever passes, both ways, by so long; 0 ends it. */
  delay(milliseconds: number): void;
  /**
   * Passes the next `count` connections' requests on and swallows what comes back, then cuts: the work is done, the
   * answer is lost. Counted per connection, when its first byte comes back.
   */
  dropReplies(count: number, onDrop?: () => void): void;
  /** Cuts every connection now; gives how many there were. New ones are taken. */
  cut(): number;
  /** Takes no new connections until `heal`, and cuts those that there are. */
  partition(): void;
  /** Ends every fault. */
  heal(): void;
  /** Sees what clients send, as it comes. */
  onRequest(look: (bytes: Buffer, connection: number) => void): void;
  close(): Promise<void>;
}

/** Starts a proxy on a free port of 127.0.0.1. */
export async function startFaultProxy(target: ProxyTarget): Promise<FaultProxy> {
  const open = new Set<Socket>();
  const lookers: ((bytes: Buffer, connection: number) => void)[] = [];
  let lateBy = 0;
  let toDrop = 0;
  let told = (): void => undefined;
  let isPartitioned = false;
  let connections = 0;

  const server = createServer((client) => {
    if (isPartitioned) {
      client.destroy();
      return;
    }
    connections += 1;
    const number = connections;
    const upstream = connect(target.port, target.host);
    const both = [client, upstream];
    const end = (): void => both.forEach((socket) => socket.destroy());
    for (const socket of both) {
      socket.setNoDelay(true);
      open.add(socket);
      socket.once('error', end);
      socket.once('close', () => {
        open.delete(socket);
        end();
      });
    }
    const toUpstream = line(upstream);
    const toClient = line(client);
    client.on('data', (bytes: Buffer) => {
      for (const look of lookers) look(bytes, number);
      toUpstream(() => upstream.write(bytes));
    });
    upstream.on('data', (bytes: Buffer) => {
      if (toDrop > 0) {
        toDrop -= 1;
        end();
        told();
        return;
      }
      toClient(() => client.write(bytes));
    });
    client.once('end', () => toUpstream(() => upstream.end()));
    upstream.once('end', () => toClient(() => client.end()));
  });

  /** Acts on a socket after the delay, one act after the other whatever becomes of the delay meanwhile. */
  const line = (to: Socket): ((act: () => void) => void) => {
    let last = Promise.resolve();
    let waiting = 0;
    return (act) => {
      if (lateBy === 0 && waiting === 0) {
        act();
        return;
      }
      waiting += 1;
      const due = Date.now() + lateBy;
      last = last
        .then(() => sleep(Math.max(due - Date.now(), 0)))
        .then(() => {
          waiting -= 1;
          if (!to.destroyed) act();
        });
    };
  };
  const cut = (): number => {
    const count = open.size / 2;
    for (const socket of [...open]) socket.destroy();
    return count;
  };

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    port: address.port,
    delay: (milliseconds) => (lateBy = milliseconds),
    dropReplies(count, onDrop = () => undefined) {
      toDrop = count;
      told = onDrop;
    },
    cut,
    partition() {
      isPartitioned = true;
      cut();
    },
    heal() {
      isPartitioned = false;
      lateBy = 0;
      toDrop = 0;
    },
    onRequest: (look) => lookers.push(look),
    async close() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
