import type { Knex } from 'knex';

/** How long an access token can outlive what ended it, in milliseconds: its own life and the clocks' tolerance. */
export interface TokenLife {
  readonly tokenLifeMs: number;
}

/** Ends all access tokens of a subject that are older than a version, in the transaction of the change. */
export async function endTokensBelow(
  trx: Knex.Transaction,
  subjectId: string,
  version: bigint,
  { tokenLifeMs }: TokenLife,
  now: Date,
): Promise<void> {
  await trx('ended_tokens').insert({
    subject_id: subjectId,
    min_version: version.toString(),
    expire_time: new Date(now.getTime() + tokenLifeMs),
  });
}
