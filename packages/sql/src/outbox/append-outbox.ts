import type { Envelope } from '@souk/messaging';
import type { Knex } from 'knex';

const appended = new WeakSet<Knex.Transaction>();

/** Whether a transaction has appended to the outbox. */
export function hasAppended(trx: Knex.Transaction): boolean {
  return appended.has(trx);
}

/**
 * Appends messages to the outbox in the caller's transaction, in one statement. They are published, in the order given,
 * after the commit and never without it.
 */
export async function appendOutbox(trx: Knex.Transaction, envelopes: readonly Envelope[]): Promise<void> {
  if (envelopes.length === 0) return;
  await trx.raw(
    `INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, source, occur_time, destination, traceparent)
     SELECT id, aggregatetype, aggregateid, type, payload, source, occur_time, destination, NULLIF(traceparent, '')
     FROM unnest(?::uuid[], ?::text[], ?::text[], ?::text[], ?::bytea[], ?::text[], ?::timestamptz[], ?::jsonb[],
                 ?::text[])
       WITH ORDINALITY AS message(id, aggregatetype, aggregateid, type, payload, source, occur_time, destination,
                                  traceparent, place)
     ORDER BY place`,
    [
      envelopes.map((envelope) => envelope.id),
      envelopes.map((envelope) => addressOf(envelope.destination)),
      envelopes.map((envelope) => envelope.subject),
      envelopes.map((envelope) => envelope.type),
      envelopes.map((envelope) => Buffer.from(envelope.payload)),
      envelopes.map((envelope) => envelope.source),
      envelopes.map((envelope) => envelope.time),
      envelopes.map((envelope) => JSON.stringify(envelope.destination)),
      envelopes.map((envelope) => envelope.traceparent ?? ''),
    ],
  );
  appended.add(trx);
}

const addressOf = (destination: Envelope['destination']): string =>
  destination.kind === 'fact' ? destination.topic : destination.queue;
