import { StringValueSchema } from '@bufbuild/protobuf/wkt';
import { create } from '@bufbuild/protobuf';
import { onceByRequestId } from '@souk/sql';
import type { Knex } from 'knex';
import { z } from 'zod';
import type { OperationKey } from '../app/ports.ts';

const ids = z.array(z.string());

/**
 * Runs an effect once per request id, in its transaction, and remembers the ids that it made.
 *
 * @throws DomainError REQUEST_ID_REUSED, REQUEST_IN_FLIGHT.
 */
export async function onceByKey(
  trx: Knex.Transaction,
  scope: string,
  { requestId, fingerprint }: OperationKey,
  effect: () => Promise<readonly string[]>,
): Promise<string[]> {
  const key = { scope, requestId, fingerprint, schema: StringValueSchema };
  const { value } = await onceByRequestId(trx, key, async () =>
    create(StringValueSchema, { value: JSON.stringify(await effect()) }),
  );
  return ids.parse(JSON.parse(value));
}
