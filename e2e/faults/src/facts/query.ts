import pg from 'pg';
import { z } from 'zod';
import { databaseOf } from '../../../support/platform.ts';

/** Asks a service's PostgreSQL database behind its back; rows in the shape asked for. */
export async function query<Shape extends z.ZodType>(
  service: string,
  shape: Shape,
  text: string,
  ...values: unknown[]
): Promise<z.infer<Shape>[]> {
  const client = new pg.Client({ connectionString: databaseOf(service) });
  await client.connect();
  try {
    const { rows } = await client.query(text, values);
    return z.array(shape).parse(rows);
  } finally {
    await client.end();
  }
}
