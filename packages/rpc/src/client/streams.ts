import {
  create,
  type DescMethodStreaming,
  isMessage,
  type MessageInitShape,
  type MessageShape,
} from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import type { Client, MethodDefinition, ServiceError } from '@grpc/grpc-js';
import { fromGrpcError } from '../errors/grpc-status.ts';
import type { Outgoing } from './outgoing.ts';

/** Opens any kind of streaming call as a duplex stream and yields what the server sends. */
export async function* openStream<Method extends DescMethodStreaming>(
  client: Client,
  method: Method,
  definition: MethodDefinition<object, object>,
  outgoing: Outgoing,
  input: AsyncIterable<MessageInitShape<Method['input']>>,
): AsyncIterable<MessageShape<Method['output']>> {
  const call = client.makeBidiStreamRequest(
    definition.path,
    definition.requestSerialize,
    definition.responseDeserialize,
    outgoing.metadata,
    { deadline: outgoing.deadline },
  );
  const abort = (): void => call.cancel();
  outgoing.signal?.addEventListener('abort', abort, { once: true });
  if (outgoing.signal?.aborted) abort();
  const sending = send();

  async function send(): Promise<void> {
    for await (const message of input) {
      const request = isMessage(message, method.input) ? message : create(method.input, message);
      if (!call.write(request)) await new Promise((resolve) => call.once('drain', resolve));
    }
    call.end();
  }

  // A failing input ends the call; the error is the reader's.
  sending.catch((error: unknown) => call.destroy(error instanceof Error ? error : new Error(String(error))));
  try {
    for await (const message of call) {
      if (!isMessage(message, method.output)) throw new TypeError(`${definition.path} sent another type`);
      yield message as MessageShape<Method['output']>;
    }
  } catch (error) {
    throw isServiceError(error) ? fromGrpcError(error) : ConnectError.from(error, Code.Unknown);
  } finally {
    outgoing.signal?.removeEventListener('abort', abort);
    call.cancel();
    outgoing.span.end(0);
  }
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'details' in error && 'metadata' in error;
}
