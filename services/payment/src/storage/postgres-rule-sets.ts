import { invalid } from '@souk/kernel';
import type { Sql } from '@souk/sql';
import type { RuleSetStore, StoredRuleSet } from '../app/fraud/ports.ts';
import { DEFAULT_RULES } from '../domain/fraud/default-rules.ts';
import { readRules, storedRules } from './stored-rules.ts';

interface RuleSetRow {
  readonly version: number;
  readonly review_score: number;
  readonly decline_score: number;
  readonly rules: unknown;
  readonly note: string;
  readonly is_active: boolean;
  readonly author_id: string;
  readonly fingerprint: string;
  readonly create_time: Date;
}

/** Makes two who add a version at the same time take turns. */
const LOCK = "select pg_advisory_xact_lock(hashtextextended('fraud_rule_sets', 7005))";

/** Versions of the rules in PostgreSQL. */
export function postgresRuleSets(sql: Sql): RuleSetStore {
  const rows = () => sql.knex<RuleSetRow>('fraud_rule_sets').select<RuleSetRow[]>('*');
  return {
    async create({ requestId, fingerprint }, { reviewScore, declineScore, rules, note }, authorId) {
      return sql.transaction(async (trx) => {
        await trx.raw(LOCK);
        const [same] = await trx<RuleSetRow>('fraud_rule_sets')
          .select<RuleSetRow[]>('*')
          .where('request_id', requestId);
        if (same !== undefined && same.fingerprint !== fingerprint)
          throw invalid('REQUEST_ID_REUSED', 'The request id was used before with another request.', {
            field: 'request_id',
          });
        if (same !== undefined) return toRuleSet(same);
        const [row] = await trx('fraud_rule_sets')
          .insert({
            version: trx.raw('(select coalesce(max(version), 0) + 1 from fraud_rule_sets)'),
            review_score: reviewScore,
            decline_score: declineScore,
            rules: storedRules(rules),
            note,
            author_id: authorId,
            request_id: requestId,
            fingerprint,
          })
          .returning<RuleSetRow[]>('*');
        if (row === undefined) throw new Error('a rule set was not stored');
        return toRuleSet(row);
      });
    },

    async activate(version) {
      return sql.transaction(async (trx) => {
        await trx.raw(LOCK);
        const found = await trx('fraud_rule_sets').where('version', version).pluck<number[]>('version');
        if (found.length === 0) return undefined;
        await trx('fraud_rule_sets').where('is_active', true).update({ is_active: false });
        const [row] = await trx<RuleSetRow>('fraud_rule_sets')
          .where('version', version)
          .update({ is_active: true })
          .returning<RuleSetRow[]>('*');
        return row && toRuleSet(row);
      });
    },

    async find(version) {
      const [row] = await rows().where(version === 0 ? { is_active: true } : { version });
      return row && toRuleSet(row);
    },

    async list(before, limit) {
      const query = rows().orderBy('version', 'desc').limit(limit);
      if (before !== undefined) query.where('version', '<', before);
      return (await query).map(toRuleSet);
    },
  };
}

/** Stores the rules that a new platform starts with, unless there are any. */
export async function seedRuleSet(sql: Sql): Promise<void> {
  const { version, reviewScore, declineScore, rules } = DEFAULT_RULES;
  await sql.knex.raw(
    `insert into fraud_rule_sets (version, review_score, decline_score, rules, note, is_active, author_id)
     select ?, ?, ?, ?::jsonb, 'the rules of a new platform', true, 'souk'
     where not exists (select from fraud_rule_sets) on conflict do nothing`,
    [version, reviewScore, declineScore, storedRules(rules)],
  );
}

function toRuleSet(row: RuleSetRow): StoredRuleSet {
  return {
    version: row.version,
    reviewScore: row.review_score,
    declineScore: row.decline_score,
    rules: readRules(row.rules),
    note: row.note,
    isActive: row.is_active,
    authorId: row.author_id,
    createTime: row.create_time,
  };
}
