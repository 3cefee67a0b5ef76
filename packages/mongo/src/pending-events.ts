import type { Envelope } from '@souk/messaging';
import { Binary } from 'mongodb';

/** An event that waits inside its aggregate's document until it is relayed. */
export interface PendingEvent {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly subject: string;
  readonly time: Date;
  readonly traceparent?: string;
  readonly destination: Envelope['destination'];
  readonly payload: Binary;
}

/**
 * The fields that {@link saveNext} adds to a document. `pendingSince` exists exactly while there are pending events, so
 * that a sparse index finds the documents that have any.
 */
export interface WithPendingEvents {
  pending?: PendingEvent[];
  pendingSince?: Date;
}

/** The form in which an event is stored. */
export function toPendingEvent(envelope: Envelope): PendingEvent {
  const { payload, traceparent, ...rest } = envelope;
  return {
    ...rest,
    ...(traceparent === undefined ? {} : { traceparent }),
    payload: new Binary(payload),
  };
}

/** The event as it was before it was stored. */
export function fromPendingEvent(event: PendingEvent): Envelope {
  const { payload, ...rest } = event;
  // The driver gives a plain Uint8Array where `promoteBuffers` is set on a collection.
  return { ...rest, payload: payload instanceof Binary ? new Uint8Array(payload.value()) : payload };
}
