import { connect, type ClientHttp2Session } from 'node:http2';
import { type Answer, codeName } from '../calling/answer.ts';
import { framed } from '../calling/raw-call.ts';

/** A connection to one service, past the edge. */
export interface DirectLine {
  /** Calls an RPC with any bytes and headers; a stream that says nothing for a while counts as served. */
  call(path: string, bytes: Uint8Array, headers: Readonly<Record<string, string>>): Promise<Answer>;
  close(): void;
}

const SILENCE_MS = 3_000;

/** Opens one. */
export function directLine(address: string): DirectLine {
  const session: ClientHttp2Session = connect(address);
  let failure: Error | undefined;
  session.on('error', (error: Error) => {
    failure = error;
  });
  return {
    call(path, bytes, headers) {
      const { promise, resolve } = Promise.withResolvers<Answer>();
      if (failure !== undefined)
        return Promise.resolve({ code: 'UNAVAILABLE', reason: failure.message, text: '' });
      const stream = session.request({
        ':method': 'POST',
        ':path': path,
        te: 'trailers',
        'content-type': 'application/grpc',
        'grpc-timeout': '5S',
        ...headers,
      });
      const end = (answer: Answer): void => {
        resolve(answer);
        stream.close();
      };
      const note = (received: Readonly<Record<string, unknown>>): void => {
        const status = received['grpc-status'];
        if (status === undefined) return;
        const message = received['grpc-message'];
        const text = typeof message === 'string' ? message : '';
        end({ code: Number(status) === 0 ? 'OK' : codeName(Number(status)), reason: '', text });
      };
      stream.setTimeout(SILENCE_MS, () => {
        end({ code: 'OK', reason: '', text: '' });
      });
      stream.once('response', note);
      stream.once('trailers', note);
      stream.once('error', (error: Error) => {
        end({ code: 'UNAVAILABLE', reason: error.message, text: '' });
      });
      stream.once('close', () => {
        end({ code: 'GARBLED', reason: 'no status', text: '' });
      });
      stream.resume();
      stream.end(framed(bytes));
      return promise;
    },
    close() {
      session.destroy();
    },
  };
}
