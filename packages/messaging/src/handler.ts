import { type DescMessage, fromBinary, type MessageShape } from '@bufbuild/protobuf';
import type { MessageHeaders } from './headers.ts';

/** What a handler learns about a message besides its content. */
export interface MessageMeta extends MessageHeaders {
  /** Topic or queue it came from. */
  readonly from: string;
  /** 1 on the first delivery to this handler; the same message may still come twice, see `id`. */
  readonly attempt: number;
  /** Place in the topic; unset for tasks. */
  readonly position?: { readonly partition: number; readonly offset: bigint };
  /** Aborted when the consumer is told to stop. */
  readonly signal: AbortSignal;
}

/** Handles messages of one type. Made by `on`. */
export interface Handler {
  readonly schema: DescMessage;
  /** Decodes and handles. Throws `UndecodableError` if the payload is not such a message. */
  handle(payload: Uint8Array, meta: MessageMeta): Promise<void>;
}

/** A decoded message with what its headers say. */
export interface Received<M> {
  readonly message: M;
  readonly meta: MessageMeta;
}

/** Handles many messages at once, in the order of their partition. Made by `onBatch`. */
export interface BatchHandler {
  readonly schemas: readonly DescMessage[];
  /** Most messages per call. */
  readonly maxSize: number;
  /** Decodes and handles. Throws `UndecodableError` if a payload is not of its type. */
  handle(messages: readonly { payload: Uint8Array; meta: MessageMeta }[]): Promise<void>;
}

/** A payload is not what its type says; repeating does not help. */
export class UndecodableError extends Error {
  override readonly name = 'UndecodableError';
}

/**
 * Handles each message of a type. Handlers must be idempotent: a message comes at least once, and again after a crash,
 * a rebalance or a replay; `meta.id` tells. A throw leads to retries with back-off and then to the dead letters,
 * except that an outage (see `isTransient`) is waited out.
 */
export function on<Schema extends DescMessage>(
  schema: Schema,
  handle: (message: MessageShape<Schema>, meta: MessageMeta) => Promise<void>,
): Handler {
  return {
    schema,
    handle: (payload, meta) => handle(decode(schema, payload), meta),
  };
}

/**
 * Handles up to `maxSize` (default 500) messages of some types at once; tell them apart by `message.$typeName`.
 * A batch that fails is tried again message by message, so that one poisonous message does not take others along.
 */
export function onBatch<const Schemas extends readonly DescMessage[]>(
  schemas: Schemas,
  handle: (messages: readonly Received<MessageShape<Schemas[number]>>[]) => Promise<void>,
  options: { readonly maxSize?: number } = {},
): BatchHandler {
  const byType = new Map<string, Schemas[number]>(schemas.map((schema) => [schema.typeName, schema]));
  return {
    schemas,
    maxSize: options.maxSize ?? 500,
    handle: (messages) =>
      handle(
        messages.map(({ payload, meta }) => {
          const schema = byType.get(meta.type);
          if (schema === undefined) throw new UndecodableError(`${meta.type} is not handled here`);
          return { message: decode(schema, payload), meta };
        }),
      ),
  };
}

function decode<Schema extends DescMessage>(schema: Schema, payload: Uint8Array): MessageShape<Schema> {
  try {
    return fromBinary(schema, payload);
  } catch (cause) {
    throw new UndecodableError(`payload is not a ${schema.typeName}`, { cause });
  }
}
