import { create, type DescMessage, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { newId, type ServiceHost } from '@souk/kernel';
import { destinationOf } from './destination.ts';
import { currentTraceparent } from './trace.ts';

/** Where a message goes: facts to a Kafka topic, work to a RabbitMQ queue. */
export type Destination =
  | { readonly kind: 'fact'; readonly topic: string }
  | { readonly kind: 'task'; readonly queue: string; readonly delayMs?: number };

/** A message that is ready to be stored in an outbox or handed to a broker. */
export interface Envelope {
  /** UUIDv7; consumers recognise duplicates by it. */
  readonly id: string;
  /** Full protobuf message name, for example `souk.order.events.v1.OrderConfirmed`. */
  readonly type: string;
  /** Name of the service that wrote it. */
  readonly source: string;
  /** Id of the aggregate it is about; the Kafka key, so that one aggregate's facts stay in order. */
  readonly subject: string;
  readonly time: Date;
  /** W3C trace context of the cause. */
  readonly traceparent?: string;
  readonly destination: Destination;
  /** The protobuf message. */
  readonly payload: Uint8Array;
}

/** Hands envelopes to a broker. Resolves when the broker has them durably; on a rejection some may have arrived. */
export type Publish = (envelopes: readonly Envelope[]) => Promise<void>;

/** What an envelope may say besides its message. */
export interface EnvelopeOptions {
  /** Id of the message; a new UUIDv7 if left out. Set it where the same cause must give the same message. */
  readonly id?: string;
  /** When it happened; the host's clock if left out. */
  readonly time?: Date;
  /** Trace context of the cause; the active span's if left out. */
  readonly traceparent?: string;
}

/**
 * A fact for Kafka. Its topic follows from the message's protobuf package: `souk.order.events.v1` becomes
 * `<namespace>.order.events.v1`.
 */
export function fact<Schema extends DescMessage>(
  host: Pick<ServiceHost, 'name' | 'namespace' | 'clock'>,
  schema: Schema,
  message: MessageInitShape<Schema>,
  options: EnvelopeOptions & { readonly subject: string },
): Envelope {
  const destination = { kind: 'fact', topic: destinationOf(host, schema) } as const;
  return envelope(host, schema, message, destination, options.subject, options);
}

/**
 * A piece of work for RabbitMQ. Its queue follows from the message's protobuf package: `souk.notification.tasks.v1`
 * becomes `<namespace>.notification.tasks.v1`.
 *
 * `delayMs` is the least time before a worker gets it; see `delayStep` for how it is rounded up.
 */
export function task<Schema extends DescMessage>(
  host: Pick<ServiceHost, 'name' | 'namespace' | 'clock'>,
  schema: Schema,
  message: MessageInitShape<Schema>,
  options: EnvelopeOptions & { readonly subject?: string; readonly delayMs?: number } = {},
): Envelope {
  const queue = destinationOf(host, schema);
  const { delayMs } = options;
  const destination: Destination =
    delayMs === undefined ? { kind: 'task', queue } : { kind: 'task', queue, delayMs };
  return envelope(host, schema, message, destination, options.subject ?? '', options);
}

function envelope<Schema extends DescMessage>(
  host: Pick<ServiceHost, 'name' | 'clock'>,
  schema: Schema,
  message: MessageInitShape<Schema>,
  destination: Destination,
  subject: string,
  options: EnvelopeOptions,
): Envelope {
  const traceparent = options.traceparent ?? currentTraceparent();
  return {
    id: options.id ?? newId(),
    type: schema.typeName,
    source: host.name,
    subject,
    time: options.time ?? host.clock.now(),
    ...(traceparent === undefined ? {} : { traceparent }),
    destination,
    payload: toBinary(schema, create(schema, message)),
  };
}
