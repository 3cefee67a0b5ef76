import type { Sql } from '@souk/sql';
import type { EndedTokenStore } from '../app/ports.ts';
import type { EndedTokens } from '../domain/session.ts';

interface EndedRow {
  readonly subject_id: string | null;
  readonly session_id: string | null;
  readonly min_version: bigint | null;
  readonly expire_time: Date | null;
  readonly position: string;
}

/**
 * Early ends of access tokens in PostgreSQL. A position is the oldest transaction that was still open when a page was
 * read: the next page reads from there, so that what commits late is never skipped. Some rows come twice.
 */
export function postgresEndedTokens(sql: Sql): EndedTokenStore {
  return {
    async since(position) {
      const { rows } = await sql.knex.raw<{ rows: EndedRow[] }>(
        `select e.subject_id, e.session_id, e.min_version, e.expire_time, s.position
           from (select pg_snapshot_xmin(pg_current_snapshot())::text as position) s
           left join ended_tokens e on e.expire_time > now() and e.xact >= ?::text::xid8`,
        [position ?? '0'],
      );
      return { ended: rows.flatMap(toEnded), position: rows[0]?.position ?? '0' };
    },
    async forgetExpired(before) {
      await sql.knex('ended_tokens').where('expire_time', '<', before).delete();
    },
  };
}

function toEnded(row: EndedRow): EndedTokens[] {
  const {
    subject_id: subjectId,
    session_id: sessionId,
    min_version: minVersion,
    expire_time: expireTime,
  } = row;
  if (subjectId === null || expireTime === null) return [];
  if (sessionId !== null) return [{ subjectId, sessionId, expireTime }];
  return minVersion === null ? [] : [{ subjectId, minVersion, expireTime }];
}
