import type { Knex } from 'knex';

/**
 * Records, in the transaction of the effect, that a consumer has taken an event.
 * @param consumer name of the consumer, unique within the service.
 * @returns false when it had taken it before: then the effect must be left out.
 */
export async function acceptOnce(trx: Knex.Transaction, consumer: string, eventId: string): Promise<boolean> {
  const result = await trx.raw<{ rowCount: number }>(
    'INSERT INTO inbox (consumer, event_id) VALUES (?, ?) ON CONFLICT DO NOTHING',
    [consumer, eventId],
  );
  return result.rowCount === 1;
}

/** As {@link acceptOnce} for a batch, in one statement. Returns the ids that are new. */
export async function acceptAllOnce(
  trx: Knex.Transaction,
  consumer: string,
  eventIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const result = await trx.raw<{ rows: { event_id: string }[] }>(
    `INSERT INTO inbox (consumer, event_id) SELECT ?, id FROM unnest(?::text[]) AS id
     ON CONFLICT DO NOTHING RETURNING event_id`,
    [consumer, [...eventIds].sort()],
  );
  return new Set(result.rows.map((row) => row.event_id));
}
