import type { Envelope } from '@souk/messaging';

/**
 * Appends messages within a statement that changes more: a CTE body that reads {@link outboxRows} from the next value.
 * They are published in the order given, after the commit and never without it. `only` is a condition, such as
 * `EXISTS (SELECT FROM changed)`.
 */
export const appendToOutbox = (only: string): string => `
  INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, source, occur_time, destination, traceparent)
  SELECT id, aggregatetype, aggregateid, type, payload, source, occur_time, destination, traceparent
  FROM json_to_recordset(?::json) AS message(id uuid, aggregatetype text, aggregateid text, type text, payload bytea,
    source text, occur_time timestamptz, destination jsonb, traceparent text)
  WHERE ${only}`;

/** Messages as the value that {@link appendToOutbox} reads. */
export function outboxRows(envelopes: readonly Envelope[]): string {
  return JSON.stringify(
    envelopes.map(({ id, type, source, subject, time, destination, payload, traceparent }) => ({
      id,
      aggregatetype: destination.kind === 'fact' ? destination.topic : destination.queue,
      aggregateid: subject,
      type,
      payload: `\\x${Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('hex')}`,
      source,
      occur_time: time,
      destination,
      traceparent,
    })),
  );
}
