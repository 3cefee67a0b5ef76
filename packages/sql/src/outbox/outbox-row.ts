import type { Envelope } from '@souk/messaging';

/** A row of the outbox as the driver returns it. */
export interface OutboxRow {
  readonly seq: bigint;
  readonly id: string;
  readonly aggregateid: string;
  readonly type: string;
  readonly payload: Buffer;
  readonly source: string;
  readonly occur_time: Date;
  readonly destination: Envelope['destination'];
  readonly traceparent: string | null;
}

/** The message that a row holds. */
export function toEnvelope(row: OutboxRow): Envelope {
  return {
    id: row.id,
    type: row.type,
    source: row.source,
    subject: row.aggregateid,
    time: row.occur_time,
    destination: row.destination,
    payload: row.payload,
    ...(row.traceparent === null ? {} : { traceparent: row.traceparent }),
  };
}
