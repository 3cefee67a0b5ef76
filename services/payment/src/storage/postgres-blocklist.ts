import type { Sql } from '@souk/sql';
import type { BlocklistEntry, BlocklistStore } from '../app/fraud/ports.ts';
import type { Blockable } from '../domain/fraud/facts.ts';

interface EntryRow {
  readonly entry_id: string;
  readonly kind: Blockable;
  readonly pseudonym: string;
  readonly masked_value: string;
  readonly reason: string;
  readonly author_id: string;
  readonly create_time: Date;
  readonly expire_time: Date | null;
}

/** Blocklists in PostgreSQL. */
export function postgresBlocklist(sql: Sql): BlocklistStore {
  return {
    async put(entry) {
      const [row] = await sql
        .knex<EntryRow>('fraud_blocklist')
        .insert({
          entry_id: entry.id,
          kind: entry.kind,
          pseudonym: entry.pseudonym,
          masked_value: entry.maskedValue,
          reason: entry.reason,
          author_id: entry.authorId,
          create_time: entry.createTime,
          expire_time: entry.expireTime ?? null,
        })
        .onConflict(['kind', 'pseudonym'])
        .merge(['reason', 'author_id', 'expire_time'])
        .returning<EntryRow[]>('*');
      if (row === undefined) throw new Error('an entry of the blocklist was not stored');
      return toEntry(row);
    },

    async remove(entryId) {
      return (await sql.knex('fraud_blocklist').where('entry_id', entryId).delete()) > 0;
    },

    async list(before, limit) {
      const query = sql
        .knex<EntryRow>('fraud_blocklist')
        .select<EntryRow[]>('*')
        .whereRaw('(expire_time is null or expire_time > now())')
        .orderBy('entry_id', 'desc')
        .limit(limit);
      if (before !== undefined) query.where('entry_id', '<', before);
      return (await query).map(toEntry);
    },
  };
}

function toEntry(row: EntryRow): BlocklistEntry {
  return {
    id: row.entry_id,
    kind: row.kind,
    pseudonym: row.pseudonym,
    maskedValue: row.masked_value,
    reason: row.reason,
    authorId: row.author_id,
    createTime: row.create_time,
    expireTime: row.expire_time ?? undefined,
  };
}
