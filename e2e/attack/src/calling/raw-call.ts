import { connect, constants } from 'node:http2';
import { readPlatform } from '../../../support/platform.ts';
import { rest } from '../../../support/rest.ts';
import { type Answer, codeName } from './answer.ts';
import { restError } from './edge-call.ts';

const DEADLINE_MS = 15_000;

/** Puts bytes into gRPC's frame. */
export function framed(bytes: Uint8Array, compressed = false): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(compressed ? 1 : 0, 0);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

/** Calls any path with any bytes, which no generated client would do. */
export function callGrpcPath(
  protocol: 'gRPC' | 'gRPC-web',
  path: string,
  bytes: Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return sendFrames(protocol, path, framed(bytes), headers);
}

/** Sends a body that is meant to be gRPC frames, and may be none. */
export async function sendFrames(
  protocol: 'gRPC' | 'gRPC-web',
  path: string,
  body: Buffer,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  if (protocol === 'gRPC') return await overHttp2(path, body, headers);
  const reply = await rest('POST', path, {
    rawBytes: body,
    headers: { 'content-type': 'application/grpc-web+proto', ...headers },
  });
  return webAnswer(reply.status, reply.headers, reply.text);
}

function webAnswer(
  status: number,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  text: string,
): Answer {
  if (status === 404) return { code: 'UNIMPLEMENTED', reason: '', text };
  if (status === 429) return { code: 'RESOURCE_EXHAUSTED', reason: '', text };
  const trailer = /grpc-status: ?(\d+)/i.exec(text)?.[1];
  const code = headers['grpc-status'] ?? trailer;
  if (code !== undefined) return grpcAnswer(Number(code), text);
  return status === 200 ? { code: 'OK', reason: '', text } : restError(status, text);
}

function grpcAnswer(code: number, text: string): Answer {
  return { code: code === 0 ? 'OK' : codeName(code), reason: '', text };
}

function overHttp2(path: string, body: Buffer, headers: Readonly<Record<string, string>>): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const session = connect(readPlatform().edge);
  const end = (answer: Answer): void => {
    resolve(answer);
    session.destroy();
  };
  const gone = (error: Error): void => {
    end({ code: 'GARBLED', reason: error.message, text: '' });
  };
  session.once('error', gone);
  const stream = session.request({
    [constants.HTTP2_HEADER_METHOD]: 'POST',
    [constants.HTTP2_HEADER_PATH]: path,
    te: 'trailers',
    'content-type': 'application/grpc',
    ...headers,
  });
  let status: number | undefined;
  let http = 0;
  const chunks: Buffer[] = [];
  const note = (received: Readonly<Record<string, unknown>>): void => {
    const code = received['grpc-status'];
    if (code !== undefined) status = Number(code);
  };
  stream.setTimeout(DEADLINE_MS, () => {
    end({ code: 'DEADLINE_EXCEEDED', reason: 'no answer', text: '' });
  });
  stream.once('response', (received) => {
    http = received[':status'] ?? 0;
    note(received);
  });
  stream.once('trailers', note);
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.once('error', gone);
  stream.once('end', () => {
    const text = Buffer.concat(chunks).toString('latin1');
    if (status !== undefined) end(grpcAnswer(status, text));
    else end(http === 404 ? grpcAnswer(12, text) : { code: 'GARBLED', reason: `HTTP ${String(http)}`, text });
  });
  stream.once('close', () => {
    end({ code: 'GARBLED', reason: 'no status', text: '' });
  });
  stream.end(body);
  return promise;
}
