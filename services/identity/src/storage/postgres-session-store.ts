import type { Sql } from '@souk/sql';
import type { SessionStore } from '../app/ports.ts';
import { judgeRefresh, type Session, type SubjectKind } from '../domain/session.ts';

interface TokenRow {
  readonly session_id: string;
  readonly kind: SubjectKind;
  readonly subject_id: string;
  readonly expire_time: Date;
  readonly end_time: Date | null;
  readonly use_time: Date | null;
}

/** Sessions in PostgreSQL. */
export function postgresSessionStore(sql: Sql): SessionStore {
  const { knex } = sql;
  return {
    async open(session, tokenHash, now) {
      // One statement, one round trip: a session without its first token is never seen.
      await knex.raw(
        `with opened as (
           insert into sessions (session_id, kind, subject_id, create_time, expire_time)
           values (?, ?, ?, ?, ?) returning session_id
         )
         insert into refresh_tokens (token_hash, session_id, issue_time) select ?, session_id, ? from opened`,
        [session.id, session.kind, session.subjectId, now, session.expireTime, tokenHash, now],
      );
    },

    async rotate(presentedHash, nextHash, now) {
      return sql.transaction(async (trx) => {
        // The session's lock puts tokens of one family in line: of two uses at once, the second is a replay.
        const row = await trx('refresh_tokens as t')
          .join('sessions as s', 's.session_id', 't.session_id')
          .where('t.token_hash', presentedHash)
          .select<TokenRow[]>(
            's.session_id',
            's.kind',
            's.subject_id',
            's.expire_time',
            's.end_time',
            't.use_time',
          )
          .forUpdate()
          .first();
        if (row === undefined) return { verdict: judgeRefresh(undefined, now) };
        const session: Session = {
          id: row.session_id,
          kind: row.kind,
          subjectId: row.subject_id,
          expireTime: row.expire_time,
        };
        const verdict = judgeRefresh(
          { session, used: row.use_time !== null, ended: row.end_time !== null },
          now,
        );
        if (verdict === 'rotate') {
          await trx('refresh_tokens').where('token_hash', presentedHash).update({ use_time: now });
          await trx('refresh_tokens').insert({
            token_hash: nextHash,
            session_id: session.id,
            issue_time: now,
          });
        } else if (verdict === 'end-family') {
          await trx('sessions')
            .where('session_id', session.id)
            .update({ end_time: now, end_reason: 'reuse' });
        }
        return { verdict, session };
      });
    },

    async end(sessionId, reason, now) {
      await knex('sessions')
        .where('session_id', sessionId)
        .whereNull('end_time')
        .update({ end_time: now, end_reason: reason });
    },

    async forgetExpired(before) {
      return knex('sessions').where('expire_time', '<', before).delete();
    },
  };
}
