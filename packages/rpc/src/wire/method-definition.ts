import {
  create,
  type DescMessage,
  type DescMethod,
  fromBinary,
  isMessage,
  type Message,
  toBinary,
} from '@bufbuild/protobuf';
import type { MethodDefinition } from '@grpc/grpc-js';
import { EncodedReply } from './encoded-reply.ts';
import { UnreadableRequest } from './unreadable.ts';

/** A view on the same memory: grpc-js wants a Buffer, protobuf-es makes a Uint8Array. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Encodes a message, an initialiser of one, or bytes that are one already. */
function serialiser(schema: DescMessage): (value: object) => Buffer {
  return (value) => {
    if (value instanceof EncodedReply) return asBuffer(value.bytes);
    return asBuffer(toBinary(schema, isMessage(value, schema) ? value : create(schema, { ...value })));
  };
}

function decodeRequest(schema: DescMessage, bytes: Buffer): Message | UnreadableRequest {
  try {
    return fromBinary(schema, bytes);
  } catch (cause) {
    return new UnreadableRequest(cause);
  }
}

/** The grpc-js definition of a protobuf-es method; handlers and clients exchange protobuf-es messages. */
export function methodDefinition(method: DescMethod): MethodDefinition<object, object> {
  return {
    path: `/${method.parent.typeName}/${method.name}`,
    requestStream: method.methodKind === 'client_streaming' || method.methodKind === 'bidi_streaming',
    responseStream: method.methodKind === 'server_streaming' || method.methodKind === 'bidi_streaming',
    requestSerialize: serialiser(method.input),
    requestDeserialize: (bytes: Buffer) => decodeRequest(method.input, bytes),
    responseSerialize: serialiser(method.output),
    responseDeserialize: (bytes: Buffer): Message => fromBinary(method.output, bytes),
  };
}
