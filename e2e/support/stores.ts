import pg from 'pg';
import { z } from 'zod';
import { databaseOf, providerKey, readPlatform } from './platform.ts';

/** Asks a service's PostgreSQL database, behind the service's back. */
export async function query<Shape extends z.ZodType>(
  service: string,
  shape: Shape,
  sql: string,
  values: readonly unknown[],
): Promise<z.infer<Shape>[]> {
  const client = new pg.Client({ connectionString: databaseOf(service) });
  await client.connect();
  try {
    const { rows } = await client.query(sql, [...values]);
    return z.array(shape).parse(rows);
  } finally {
    await client.end();
  }
}

const movement = z.object({
  id: z.string(),
  type: z.enum(['charge', 'refund']),
  payment_intent: z.string(),
  amount: z.number(),
});
const movementPage = z.object({ data: z.array(movement), has_more: z.boolean() });

/** A movement in the payment provider's own ledger. Amounts in minor units. */
export type ProviderMovement = z.infer<typeof movement>;

/** Everything the payment provider booked since a time, in Unix seconds. */
export async function providerLedger(since: number): Promise<ProviderMovement[]> {
  const base = readPlatform().simulators['payment-provider'] ?? '';
  const movements: ProviderMovement[] = [];
  for (;;) {
    const page = new URLSearchParams({ limit: '1000', created_gte: String(since) });
    const last = movements.at(-1);
    if (last !== undefined) {
      page.set('starting_after', last.id);
    }
    const reply = await fetch(`${base}/v1/balance_transactions?${page.toString()}`, {
      headers: { authorization: `Bearer ${providerKey()}` },
    });
    const { data, has_more: hasMore } = movementPage.parse(await reply.json());
    movements.push(...data);
    if (!hasMore) {
      return movements;
    }
  }
}
