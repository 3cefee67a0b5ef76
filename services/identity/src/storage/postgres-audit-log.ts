import type { Sql } from '@souk/sql';
import { z } from 'zod';
import type { AuditLog } from '../app/ports.ts';
import { type ChainCheck, type ChainedEntry, checkChain } from '../domain/audit.ts';

interface AuditRow {
  readonly sequence: bigint;
  readonly entry_time: Date;
  readonly actor_id: string;
  readonly action: string;
  readonly subject_id: string;
  readonly detail: string;
  readonly previous_hash: string;
  readonly hash: string;
}

const CHECKED_AT_ONCE = 2_000;
const detail = z.record(z.string(), z.string());

/** The audit log in PostgreSQL. */
export function postgresAuditLog(sql: Sql, hashOf: (text: string) => string): AuditLog {
  return {
    async search({ actorId, subjectId, action, from, to, before, limit }) {
      const query = sql.knex<AuditRow>('audit_log').select('*').orderBy('sequence', 'desc').limit(limit);
      if (actorId !== '') query.where('actor_id', actorId);
      if (subjectId !== '') query.where('subject_id', subjectId);
      if (action !== '') query.where('action', action);
      if (from !== undefined) query.where('entry_time', '>=', from);
      if (to !== undefined) query.where('entry_time', '<', to);
      if (before !== undefined) query.where('sequence', '<', before.toString());
      return (await query).map(toEntry);
    },

    async verify() {
      let check: ChainCheck = { checked: 0n, lastHash: '', broken: undefined };
      for (;;) {
        const rows = await sql
          .knex<AuditRow>('audit_log')
          .select('*')
          .where('sequence', '>', check.checked.toString())
          .orderBy('sequence')
          .limit(CHECKED_AT_ONCE);
        check = checkChain(check, rows.map(toEntry), hashOf);
        if (check.broken !== undefined || rows.length < CHECKED_AT_ONCE) return check;
      }
    },
  };
}

function toEntry(row: AuditRow): ChainedEntry {
  return {
    sequence: row.sequence,
    time: row.entry_time,
    actorId: row.actor_id,
    action: row.action,
    subjectId: row.subject_id,
    detail: readDetail(row.detail),
    previousHash: row.previous_hash,
    hash: row.hash,
  };
}

/** A detail that somebody made unreadable shows as such, and breaks the chain. */
function readDetail(text: string): Record<string, string> {
  try {
    return detail.parse(JSON.parse(text));
  } catch {
    return { unreadable: text };
  }
}
