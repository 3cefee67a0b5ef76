import { createHmac } from 'node:crypto';
import { type AuditEntry, chainText } from '../domain/audit.ts';
import type { Knex } from 'knex';

/** Whoever appends holds this lock until its transaction ends, so that the chain has one end. */
const CHAIN_LOCK = 7_301;

/** The keyed hash of the chain: who can write to the database alone cannot forge it. */
export function chainHash(key: string): (text: string) => string {
  return (text) => createHmac('sha256', key).update(text).digest('hex');
}

/** Appends entries to the audit log in a transaction: they are there when, and only when, what they tell of is. */
export async function appendAudit(
  trx: Knex.Transaction,
  entries: readonly AuditEntry[],
  hashOf: (text: string) => string,
  time: Date,
): Promise<void> {
  if (entries.length === 0) return;
  await trx.raw('select pg_advisory_xact_lock(?)', [CHAIN_LOCK]);
  const last = await trx('audit_log')
    .select<{ sequence: bigint; hash: string }[]>('sequence', 'hash')
    .orderBy('sequence', 'desc')
    .first();
  let { sequence, hash } = last ?? { sequence: 0n, hash: '' };
  const rows = entries.map((entry) => {
    const chained = { ...entry, time, sequence: sequence + 1n, previousHash: hash };
    sequence += 1n;
    hash = hashOf(chainText(chained));
    return {
      sequence: sequence.toString(),
      entry_time: time,
      actor_id: entry.actorId,
      action: entry.action,
      subject_id: entry.subjectId,
      detail: JSON.stringify(entry.detail),
      previous_hash: chained.previousHash,
      hash,
    };
  });
  await trx('audit_log').insert(rows);
}
