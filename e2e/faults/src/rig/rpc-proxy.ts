import { once } from 'node:events';
import {
  connect,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';

/** A unary call on its way through. */
export interface PassingCall {
  /** `/souk.payment.v1.PaymentService/CapturePayment`. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The request as it is on the wire. */
  readonly request: Buffer;
}

/** What becomes of a call: it passes, it never arrives, or it arrives and its reply is lost. */
export type Verdict = 'pass' | 'lose-request' | 'lose-reply';

/** Decides about each call, and is told when the service has answered. */
export interface CallFaults {
  /** Before the call is passed on. */
  judge(call: PassingCall): Promise<Verdict> | Verdict;
  /** After the service has done it, before its caller hears; with `lose-reply` the caller never does. */
  done?(call: PassingCall): Promise<void>;
}

/** A gRPC proxy that knows one call from another, where the TCP proxy knows only connections. */
export interface RpcProxy {
  /** `127.0.0.1:port`. */
  readonly address: string;
  close(): Promise<void>;
}

/** Starts a proxy before a service at `target` (`host:port`). */
export async function startRpcProxy(target: string, faults: CallFaults): Promise<RpcProxy> {
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer();
  server.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
    session.on('error', () => undefined);
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    void relay(target, faults, stream, headers).catch(() => {
      // The service is gone: so is the call, without a word.
      stream.session?.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    address: `127.0.0.1:${address.port}`,
    async close() {
      for (const session of sessions) session.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function relay(
  target: string,
  faults: CallFaults,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
): Promise<void> {
  const request = await bodyOf(stream);
  const call = { path: String(headers[':path']), headers, request };
  const verdict = await faults.judge(call);
  if (verdict === 'lose-request') {
    stream.session?.destroy();
    return;
  }
  const session = connect(`http://${target}`);
  try {
    const failed = once(session, 'error').then(([error]: unknown[]) => {
      throw error instanceof Error ? error : new Error(String(error));
    });
    failed.catch(() => undefined);
    const upstream = session.request(headers, { endStream: false });
    // A caller that gives up gives up for the service as well.
    stream.once('aborted', () => upstream.close());
    let trailers: IncomingHttpHeaders = {};
    upstream.once('trailers', (received: IncomingHttpHeaders) => (trailers = received));
    const head = once(upstream, 'response');
    upstream.end(request);
    const [responseHeaders] = (await Promise.race([head, failed])) as [IncomingHttpHeaders];
    const reply = await Promise.race([bodyOf(upstream), failed]);
    await faults.done?.(call);
    if (verdict === 'lose-reply' || stream.destroyed) {
      stream.session?.destroy();
      return;
    }
    answer(stream, responseHeaders, reply, trailers);
  } finally {
    session.destroy();
  }
}

function answer(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  reply: Buffer,
  trailers: IncomingHttpHeaders,
): void {
  // An error alone comes in the headers and has no trailers.
  const isAlone = headers['grpc-status'] !== undefined;
  stream.respond(headers, { waitForTrailers: !isAlone, endStream: isAlone });
  if (isAlone) return;
  stream.once('wantTrailers', () => stream.sendTrailers(trailers));
  stream.end(reply);
}

async function bodyOf(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
