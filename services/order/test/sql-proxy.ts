import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A PostgreSQL address in between that writes down statements and can cut all connections. */
export interface SqlProxy {
  /** The engine's address, by way of the proxy. */
  readonly url: string;
  /** Texts of all statements since the start, in the order sent. */
  readonly statements: string[];
  /** Breaks every connection, as a crash of either side would. */
  cut(): void;
  close(): void;
}

/** Starts a proxy before the PostgreSQL of `engine`. */
export async function startSqlProxy(engine: string): Promise<SqlProxy> {
  const target = new URL(engine);
  const sockets = new Set<Socket>();
  const statements: string[] = [];
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    const read = statementReader((statement) => statements.push(statement));
    client.on('data', read);
    client.pipe(upstream);
    upstream.pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(engine);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  const cut = (): void => sockets.forEach((socket) => socket.destroy());
  return {
    url: url.href,
    statements,
    cut,
    close() {
      server.close();
      cut();
    },
  };
}

/** Reads the frontend's messages: simple queries (`Q`), and bound ones (`B`: portal, name) that were parsed (`P`: name, text). */
function statementReader(found: (statement: string) => void): (chunk: Buffer) => void {
  let pending = Buffer.alloc(0);
  let isStarted = false;
  const parsed = new Map<string, string>();
  return (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    for (;;) {
      // The start-up message alone has no type byte.
      const head = isStarted ? 1 : 0;
      if (pending.length < head + 4) return;
      const length = head + pending.readInt32BE(head);
      if (pending.length < length) return;
      const type = isStarted ? String.fromCharCode(pending[0] ?? 0) : '';
      const body = pending.subarray(head + 4, length);
      pending = pending.subarray(length);
      isStarted = true;
      if (type === 'Q') found(body.toString('utf8', 0, body.indexOf(0)));
      const [first = '', second = ''] = textsOf(body);
      if (type === 'P') parsed.set(first, second);
      if (type === 'B') found(parsed.get(second) ?? '');
    }
  };
}

/** The two texts that a message begins with, each ended by a zero. */
function textsOf(body: Buffer): readonly string[] {
  const first = body.indexOf(0);
  const second = body.indexOf(0, first + 1);
  return [body.toString('utf8', 0, first), body.toString('utf8', first + 1, second)];
}
