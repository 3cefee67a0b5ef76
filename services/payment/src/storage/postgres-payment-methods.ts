import { isUniqueViolation, type Sql } from '@souk/sql';
import type { Knex } from 'knex';
import type { PaymentMethodStore, Saving, SavingClaim } from '../app/methods/ports.ts';
import { type PaymentMethod, requireRoom } from '../domain/payment-method.ts';

/** Longer than the provider takes to answer. */
const LEASE = "interval '30 seconds'";

interface MethodRow {
  readonly method_id: string;
  readonly customer_id: string;
  readonly request_id: string;
  readonly fingerprint: string;
  readonly state: 'saving' | 'saved' | 'refused' | 'forgetting' | 'forgotten';
  readonly token: string | null;
  readonly make_default: boolean;
  readonly refusal_code: string;
  readonly provider_reference: string;
  readonly brand: string;
  readonly last4: string;
  readonly expire_month: number;
  readonly expire_year: number;
  readonly country: string;
  readonly card_fingerprint: string;
  readonly is_default: boolean;
  readonly create_time: Date;
}

/** Saved means of payment in PostgreSQL. */
export function postgresPaymentMethods(sql: Sql): PaymentMethodStore {
  const table = (db: Knex): Knex.QueryBuilder<MethodRow, MethodRow[]> => db<MethodRow>('payment_methods');

  return {
    async beginSaving({ requestId, fingerprint }, saving) {
      const find = async (db: Knex): Promise<SavingClaim | undefined> => {
        const [row] = await table(db)
          .select<MethodRow[]>('*')
          .where({ customer_id: saving.customerId, request_id: requestId });
        return row && claimOf(row, fingerprint, saving);
      };
      try {
        return await sql.transaction(async (trx) => {
          const known = await find(trx);
          if (known !== undefined) return known;
          // One account's savings take turns, so that the limit holds.
          await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 7003))', [saving.customerId]);
          const counted = await trx('payment_methods')
            .where('customer_id', saving.customerId)
            .whereIn('state', ['saving', 'saved'])
            .count<{ count: bigint | string }[]>('* as count');
          requireRoom(Number(counted[0]?.count ?? 0));
          await trx('payment_methods').insert({
            method_id: saving.methodId,
            customer_id: saving.customerId,
            request_id: requestId,
            fingerprint,
            state: 'saving',
            token: saving.token,
            make_default: saving.makeDefault,
            lease_time: trx.raw(`now() + ${LEASE}`),
          });
          return { kind: 'begun', saving };
        });
      } catch (error) {
        const raced = isUniqueViolation(error) ? await find(sql.knex) : undefined;
        if (raced === undefined) throw error;
        return raced;
      }
    },

    async saved(saving, providerReference, card) {
      return sql.transaction(async (trx) => {
        await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 7003))', [saving.customerId]);
        const others = await table(trx)
          .select<MethodRow[]>('*')
          .where({ customer_id: saving.customerId, is_default: true });
        const isDefault = saving.makeDefault || others.length === 0;
        if (isDefault) await clearDefault(trx, saving.customerId);
        await trx('payment_methods').where({ method_id: saving.methodId, state: 'saving' }).update({
          state: 'saved',
          token: null,
          provider_reference: providerReference,
          brand: card.brand,
          last4: card.last4,
          expire_month: card.expireMonth,
          expire_year: card.expireYear,
          country: card.country,
          card_fingerprint: card.fingerprint,
          is_default: isDefault,
        });
        const [row] = await table(trx).select<MethodRow[]>('*').where('method_id', saving.methodId);
        if (row === undefined) throw new Error('a payment method has vanished');
        return toMethod(row);
      });
    },

    async refused(saving, code) {
      await sql
        .knex('payment_methods')
        .where({ method_id: saving.methodId, state: 'saving' })
        .update({ state: 'refused', token: null, refusal_code: code });
    },

    async list(customerId) {
      const rows = await table(sql.knex)
        .select<MethodRow[]>('*')
        .where({ customer_id: customerId, state: 'saved' })
        .orderBy([
          { column: 'is_default', order: 'desc' },
          { column: 'method_id', order: 'desc' },
        ]);
      return rows.map(toMethod);
    },

    async find(customerId, methodId) {
      const [row] = await table(sql.knex)
        .select<MethodRow[]>('*')
        .where({ customer_id: customerId, method_id: methodId, state: 'saved' });
      return row && toMethod(row);
    },

    async setDefault(customerId, methodId) {
      return sql.transaction(async (trx) => {
        const owned = { customer_id: customerId, method_id: methodId, state: 'saved' };
        const [row] = await table(trx).select<MethodRow[]>('*').where(owned).forUpdate();
        if (row === undefined) return undefined;
        await clearDefault(trx, customerId);
        await trx('payment_methods').where(owned).update({ is_default: true });
        return { ...toMethod(row), isDefault: true };
      });
    },

    async beginForgetting(customerId, methodId) {
      return sql.transaction(async (trx) => {
        const [row] = await trx('payment_methods')
          .where({ customer_id: customerId, method_id: methodId, state: 'saved' })
          .update({
            state: 'forgetting',
            is_default: false,
            lease_time: trx.raw(`now() + ${LEASE}`),
          })
          .returning<MethodRow[]>('*');
        if (row === undefined) return undefined;
        await trx.raw(
          `update payment_methods set is_default = true where method_id = (
             select method_id from payment_methods where customer_id = ? and state = 'saved'
             order by is_default desc, method_id desc limit 1)`,
          [customerId],
        );
        return { methodId, providerReference: row.provider_reference };
      });
    },

    async forgotten(methodId) {
      const nothing = {
        provider_reference: '',
        brand: '',
        last4: '',
        expire_month: 0,
        expire_year: 0,
        country: '',
        card_fingerprint: '',
      };
      await sql
        .knex('payment_methods')
        .where({ method_id: methodId, state: 'forgetting' })
        .update({ state: 'forgotten', ...nothing });
    },

    async takeStale(limit) {
      const { rows } = await sql.knex.raw<{ rows: MethodRow[] }>(
        `update payment_methods set lease_time = now() + ${LEASE}
         where method_id in (
           select method_id from payment_methods
           where state in ('saving', 'forgetting') and lease_time <= now()
           order by lease_time limit ? for update skip locked)
         returning *`,
        [limit],
      );
      return {
        savings: rows.flatMap((row) => (row.token === null ? [] : [savingOf(row, row.token)])),
        forgettings: rows.flatMap((row) =>
          row.state === 'forgetting'
            ? [{ methodId: row.method_id, providerReference: row.provider_reference }]
            : [],
        ),
      };
    },
  };
}

async function clearDefault(trx: Knex.Transaction, customerId: string): Promise<void> {
  await trx('payment_methods')
    .where({ customer_id: customerId, is_default: true })
    .update({ is_default: false });
}

function claimOf(row: MethodRow, fingerprint: string, asked: Saving): SavingClaim {
  if (row.fingerprint !== fingerprint) return { kind: 'reused' };
  switch (row.state) {
    case 'saving':
      return { kind: 'begun', saving: savingOf(row, asked.token) };
    case 'saved':
      return { kind: 'saved', method: toMethod(row) };
    case 'refused':
      return { kind: 'refused', code: row.refusal_code };
    case 'forgetting':
    case 'forgotten':
      return { kind: 'refused', code: 'deleted' };
  }
}

function savingOf(row: MethodRow, token: string): Saving {
  return { methodId: row.method_id, customerId: row.customer_id, token, makeDefault: row.make_default };
}

function toMethod(row: MethodRow): PaymentMethod {
  return {
    id: row.method_id,
    customerId: row.customer_id,
    card: {
      brand: row.brand,
      last4: row.last4,
      expireMonth: row.expire_month,
      expireYear: row.expire_year,
      country: row.country,
      fingerprint: row.card_fingerprint,
    },
    isDefault: row.is_default,
    providerReference: row.provider_reference,
    createTime: row.create_time,
  };
}
