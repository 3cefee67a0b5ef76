import type { Message } from '@bufbuild/protobuf';
import type { MethodImplSpec } from '@connectrpc/connect';
import {
  Metadata,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  type UntypedHandleCall,
} from '@grpc/grpc-js';
import { runInCall } from '../call.ts';
import { readable, readableOrNone } from '../wire/unreadable.ts';
import type { Pipeline } from './pipeline.ts';
import { ServerContext } from './server-context.ts';

const OK = 0;

/** The grpc-js handler of one implemented method. */
export function grpcHandler(spec: MethodImplSpec, pipeline: Pipeline): UntypedHandleCall {
  switch (spec.kind) {
    case 'unary':
      return (call: ServerUnaryCall<object, object>, callback: sendUnaryData<object>) => {
        const context = new ServerContext(spec.method, call);
        const work = async (): Promise<object> => {
          const admitted = pipeline.admit(context, readableOrNone(call.request));
          if (admitted !== undefined) await admitted;
          const request = readable(call.request);
          return await runInCall(context, () => spec.impl(request, context));
        };
        void answer(pipeline, context, work, callback);
      };
    case 'client_streaming':
      return (call: ServerReadableStream<object, object>, callback: sendUnaryData<object>) => {
        const context = new ServerContext(spec.method, call);
        const work = async (): Promise<object> => {
          await pipeline.admit(context, undefined);
          return await runInCall(context, () => spec.impl(asMessages(call), context));
        };
        void answer(pipeline, context, work, callback);
      };
    case 'server_streaming':
      return (call: ServerWritableStream<object, object>) => {
        const context = new ServerContext(spec.method, call);
        const open = async (): Promise<AsyncIterable<object>> => {
          await pipeline.admit(context, readableOrNone(call.request));
          const request = readable(call.request);
          return runInCall(context, () => spec.impl(request, context));
        };
        void stream(pipeline, context, open, call);
      };
    case 'bidi_streaming':
      return (call: ServerDuplexStream<object, object>) => {
        const context = new ServerContext(spec.method, call);
        const open = async (): Promise<AsyncIterable<object>> => {
          await pipeline.admit(context, undefined);
          return runInCall(context, () => spec.impl(asMessages(call), context));
        };
        void stream(pipeline, context, open, call);
      };
  }
}

async function answer(
  pipeline: Pipeline,
  context: ServerContext,
  work: () => Promise<object>,
  callback: sendUnaryData<object>,
): Promise<void> {
  const startedAt = performance.now();
  let code = OK;
  try {
    const reply = await work();
    callback(null, reply, trailerOf(context));
  } catch (thrown) {
    const status = pipeline.fail(context, thrown);
    code = status.code;
    callback(status);
  } finally {
    pipeline.finish(context, code, startedAt);
  }
}

async function stream(
  pipeline: Pipeline,
  context: ServerContext,
  open: () => Promise<AsyncIterable<object>>,
  call: ServerWritableStream<object, object> | ServerDuplexStream<object, object>,
): Promise<void> {
  const startedAt = performance.now();
  let code = OK;
  try {
    for await (const message of await open()) {
      if (call.cancelled) break;
      const rechecked = pipeline.recheck(context);
      if (rechecked !== undefined) await rechecked;
      if (!call.write(message)) await drained(call, context.signal);
    }
    call.end();
  } catch (thrown) {
    if (call.cancelled) return;
    const status = pipeline.fail(context, thrown);
    code = status.code;
    call.emit('error', status);
  } finally {
    pipeline.finish(context, code, startedAt);
  }
}

/** Waits until a slow reader has taken what was written, or is gone: this is the stream's back-pressure. */
function drained(
  call: ServerWritableStream<object, object> | ServerDuplexStream<object, object>,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      call.removeListener('drain', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    call.once('drain', done);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
}

async function* asMessages(values: AsyncIterable<unknown>): AsyncIterable<Message> {
  for await (const value of values) {
    if (typeof value !== 'object' || value === null) throw new TypeError('a request was not decoded');
    yield readable(value);
  }
}

function trailerOf(context: ServerContext): Metadata | undefined {
  if (context.sentHeader === undefined) return undefined;
  const metadata = new Metadata();
  context.sentHeader.forEach((value, key) => metadata.set(key, value));
  return metadata;
}
