import type { Sql } from '@souk/sql';
import type { Knex } from 'knex';
import type { SecondFactorStore } from '../app/ports.ts';
import type { Seal } from '../providers/seal.ts';
import type { Totp } from '../providers/totp.ts';
import { appendAudit } from './audit-chain.ts';

interface FactorRow {
  readonly account_id: string;
  readonly sealed_secret: Buffer;
  readonly confirm_time: Date | null;
  readonly last_step: bigint;
}

/** Second factors in PostgreSQL: secrets sealed, recovery codes hashed, each code taken by a conditional change. */
export function postgresSecondFactors(
  sql: Sql,
  { totp, seal, auditHash }: { totp: Totp; seal: Seal; auditHash: (text: string) => string },
): SecondFactorStore {
  const find = (db: Knex, accountId: string): Promise<FactorRow | undefined> =>
    db<FactorRow>('second_factors').select('*').where('account_id', accountId).first();
  const record = (trx: Knex.Transaction, accountId: string, action: string): Promise<void> =>
    appendAudit(
      trx,
      [{ actorId: accountId, action, subjectId: accountId, detail: {} }],
      auditHash,
      new Date(),
    );

  /** Takes the step of a code; a step is taken once, and none before it afterwards. */
  async function takeStep(db: Knex, row: FactorRow, code: string): Promise<boolean> {
    const step = await totp.stepOf(seal.open(row.sealed_secret, row.account_id), code);
    if (step === undefined) return false;
    const taken = await db('second_factors')
      .where('account_id', row.account_id)
      .where('last_step', '<', step)
      .update({ last_step: step });
    return taken > 0;
  }

  async function newCodes(trx: Knex.Transaction, accountId: string, count: number): Promise<string[]> {
    const codes = Array.from({ length: count }, totp.newRecoveryCode);
    await trx('recovery_codes').where('account_id', accountId).delete();
    await trx('recovery_codes').insert(
      codes.map((code) => ({ account_id: accountId, code_hash: totp.hashOf(accountId, code) })),
    );
    return codes;
  }

  return {
    async find(accountId) {
      const row = await find(sql.knex, accountId);
      return row && { confirmed: row.confirm_time !== null };
    },

    async begin(accountId, label) {
      const secret = totp.newSecret();
      const begun = await sql
        .knex('second_factors')
        .insert({ account_id: accountId, sealed_secret: seal.close(secret, accountId) })
        .onConflict('account_id')
        .merge(['sealed_secret'])
        .whereNull('second_factors.confirm_time')
        .returning('account_id');
      return begun.length === 0 ? undefined : { secret, uri: totp.uri(secret, label) };
    },

    async confirm(accountId, code, count) {
      return sql.transaction(async (trx) => {
        const row = await find(trx, accountId);
        if (row === undefined || row.confirm_time !== null || !(await takeStep(trx, row, code)))
          return undefined;
        await trx('second_factors').where('account_id', accountId).update({ confirm_time: new Date() });
        await record(trx, accountId, 'second-factor.enabled');
        return newCodes(trx, accountId, count);
      });
    },

    async use(accountId, code) {
      const row = await find(sql.knex, accountId);
      if (row === undefined) return false;
      if (await takeStep(sql.knex, row, code)) return true;
      return sql.transaction(async (trx) => {
        const used = await trx('recovery_codes')
          .where('account_id', accountId)
          .whereRaw('code_hash = ?', [totp.hashOf(accountId, code)])
          .delete();
        if (used > 0) await record(trx, accountId, 'recovery-code.used');
        return used > 0;
      });
    },

    async replaceCodes(accountId, count) {
      return sql.transaction(async (trx) => {
        await record(trx, accountId, 'recovery-codes.replaced');
        return newCodes(trx, accountId, count);
      });
    },

    async remove(accountId) {
      await sql.transaction(async (trx) => {
        await trx('second_factors').where('account_id', accountId).delete();
        await trx('recovery_codes').where('account_id', accountId).delete();
        await record(trx, accountId, 'second-factor.removed');
      });
    },
  };
}
