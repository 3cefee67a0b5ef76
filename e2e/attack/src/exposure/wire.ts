import { connect } from 'node:net';
import { readPlatform } from '../../../support/platform.ts';

/** What came back over a connection. */
export interface WireReply {
  /** The first status; 499 when the edge hung up without one. */
  readonly status: number;
  /** How many responses there were. */
  readonly responses: number;
  readonly text: string;
}

const QUIET_MS = 700;

/** Writes bytes to the edge as they are and reads until it hangs up or says no more. */
export function send(bytes: string | Buffer): Promise<WireReply> {
  const { hostname, port } = new URL(readPlatform().edge);
  const { promise, resolve } = Promise.withResolvers<WireReply>();
  const socket = connect(Number(port), hostname);
  const chunks: Buffer[] = [];
  const end = (): void => {
    socket.destroy();
    const text = Buffer.concat(chunks).toString('latin1');
    const statuses = [...text.matchAll(/(?:^|\r\n|[}\n\0])HTTP\/1\.[01] (\d{3})/g)].map((match) =>
      Number(match[1]),
    );
    resolve({ status: statuses[0] ?? 499, responses: statuses.length, text });
  };
  socket.setTimeout(QUIET_MS, end);
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.once('close', end);
  socket.once('error', end);
  socket.write(bytes);
  return promise;
}

/** Sends one plain HTTP/1.1 request, whatever its parts look like. */
export function wire(
  verb: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<WireReply> {
  const lines = Object.entries({ host: 'souk', connection: 'close', 'content-length': '0', ...headers });
  return send(
    `${verb} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
  );
}
