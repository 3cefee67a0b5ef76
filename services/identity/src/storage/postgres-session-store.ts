import type { Sql } from '@souk/sql';
import type { SessionStore } from '../app/ports.ts';
import { judgeRefresh, type Session, type SubjectKind } from '../domain/session.ts';
import type { TokenLife } from './end-tokens.ts';

interface SessionRow {
  readonly session_id: string;
  readonly kind: SubjectKind;
  readonly subject_id: string;
  readonly create_time: Date;
  readonly refresh_time: Date;
  readonly expire_time: Date;
  readonly end_time: Date | null;
  readonly user_agent: string;
  readonly address: string;
}

/** Ends sessions and, with them, their access tokens, in one statement. Takes `where` as the sessions to end. */
const endWhere = (where: string): string => `
  with ended as (
    update sessions set end_time = ?, end_reason = ? where ${where} and end_time is null
    returning subject_id, session_id
  )
  insert into ended_tokens (subject_id, session_id, expire_time) select subject_id, session_id, ? from ended`;

/** Sessions in PostgreSQL. `onEnded` is told after a commit that ended access tokens. */
export function postgresSessionStore(sql: Sql, writing: TokenLife & { onEnded: () => void }): SessionStore {
  const { knex } = sql;
  const lastToken = (now: Date): Date => new Date(now.getTime() + writing.tokenLifeMs);

  return {
    async open(session, tokenHash, device, version, now) {
      // One statement, one round trip: a session without its first token is never seen, and none is opened on the strength
      // of a password that has just been changed.
      const { rowCount } = await knex.raw<{ rowCount: number }>(
        `with proven as (
           ${version === undefined ? 'select 1' : 'select 1 from accounts where account_id = ? and version = ? for share'}
         ), opened as (
           insert into sessions
             (session_id, kind, subject_id, create_time, refresh_time, expire_time, user_agent, address)
           select ?::uuid, ?, ?::uuid, ?::timestamptz, ?::timestamptz, ?::timestamptz, ?, ? from proven
           returning session_id
         )
         insert into refresh_tokens (token_hash, session_id, issue_time)
         select ?::bytea, session_id, ?::timestamptz from opened`,
        [
          ...(version === undefined ? [] : [session.subjectId, version.toString()]),
          session.id,
          session.kind,
          session.subjectId,
          now,
          now,
          session.expireTime,
          device.userAgent,
          device.address,
          tokenHash,
          now,
        ],
      );
      return rowCount > 0;
    },

    async rotate(presentedHash, nextHash, now) {
      const result = await sql.transaction(async (trx) => {
        // The session's lock puts tokens of one family in line: of two uses at once, the second is a replay.
        const row = await trx('refresh_tokens as t')
          .join('sessions as s', 's.session_id', 't.session_id')
          .where('t.token_hash', presentedHash)
          .select<(SessionRow & { readonly use_time: Date | null })[]>('s.*', 't.use_time')
          .forUpdate()
          .first();
        if (row === undefined) return { verdict: judgeRefresh(undefined, now) };
        const session = toSession(row);
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
          await trx('sessions').where('session_id', session.id).update({ refresh_time: now });
        } else if (verdict === 'end-family') {
          await trx.raw(endWhere('session_id = ?'), [now, 'reuse', session.id, lastToken(now)]);
        }
        return { verdict, session };
      });
      if (result.verdict === 'end-family') writing.onEnded();
      return result;
    },

    async end(sessionId, reason, now) {
      await knex.raw(endWhere('session_id = ?'), [now, reason, sessionId, lastToken(now)]);
      writing.onEnded();
    },

    async endAll(subjectId, except, reason, now) {
      const { rowCount } = await knex.raw<{ rowCount: number }>(
        endWhere('subject_id = ? and session_id is distinct from ?::uuid'),
        [now, reason, subjectId, except ?? null, lastToken(now)],
      );
      writing.onEnded();
      return rowCount;
    },

    async belongs(sessionId, subjectId) {
      const row: unknown = await knex('sessions')
        .select('session_id')
        .where({ session_id: sessionId, subject_id: subjectId })
        .first();
      return row !== undefined;
    },

    async listOpen(subjectId, now, limit) {
      const rows = await knex<SessionRow>('sessions')
        .where('subject_id', subjectId)
        .whereNull('end_time')
        .where('expire_time', '>', now)
        .orderBy('session_id', 'desc')
        .limit(limit);
      return rows.map((row) => ({
        ...toSession(row),
        createTime: row.create_time,
        refreshTime: row.refresh_time,
        userAgent: row.user_agent,
        address: row.address,
      }));
    },

    async knowsPlace(emailKey, address) {
      const row: unknown = await knex('sessions as s')
        .join('accounts as a', 'a.account_id', 's.subject_id')
        .select('s.session_id')
        .where({ 'a.email_key': emailKey, 's.address': address })
        .whereNotNull('a.email_confirm_time')
        .first();
      return row !== undefined;
    },

    async forgetExpired(before) {
      return knex('sessions').where('expire_time', '<', before).delete();
    },
  };
}

function toSession(row: SessionRow): Session {
  return {
    id: row.session_id,
    kind: row.kind,
    subjectId: row.subject_id,
    expireTime: row.expire_time,
  };
}
