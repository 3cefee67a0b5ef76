import { Money, newId } from '@souk/kernel';
import type { Sql } from '@souk/sql';
import type { StoreCredit, StoreCreditStore } from '../app/stored-value/ports.ts';
import { bookStoreCreditGrant } from '../domain/own-bookings.ts';
import { availableOf } from '../domain/stored-value.ts';
import { onceByKey } from './once-by-key.ts';
import { storeOwnBooking } from './store-own-booking.ts';
import { type EntryRow, lockAccount, moveAccount, toStoredValueEntry } from './stored-value-rows.ts';

/** Store credit in PostgreSQL. */
export function postgresStoreCredit(sql: Sql): StoreCreditStore {
  return {
    async balances(customerId) {
      const rows = await sql
        .knex('stored_value_accounts')
        .select<{ currency: string; balance: bigint; held: bigint }[]>('currency', 'balance', 'held')
        .where('customer_id', customerId)
        .orderBy('currency');
      return rows.map(({ currency, balance, held }) => ({
        balance: Money.of(currency, balance),
        available: Money.of(currency, balance - held),
      }));
    },

    async grant(key, { customerId, amount, reason, authorId }, now) {
      const { currency } = amount;
      const owner = { customer_id: customerId, currency };
      return sql.transaction(async (trx) => {
        await onceByKey(trx, 'GrantStoreCredit', key, async () => {
          await trx('stored_value_accounts')
            .insert({ account_id: newId(), kind: 'store_credit', balance: 0, ...owner })
            .onConflict(['customer_id', 'currency'])
            .ignore();
          const account = await lockAccount(trx, owner);
          if (account === undefined) throw new Error('an account of store credit was not stored');
          await moveAccount(trx, account, 'issue', amount, { reason, authorId, time: now });
          await storeOwnBooking(trx, bookStoreCreditGrant(amount, key.requestId), now);
          return [account.id];
        });
        const account = await lockAccount(trx, owner);
        if (account === undefined) throw new Error('an account of store credit has vanished');
        const credit: StoreCredit = { balance: account.balance, available: availableOf(account) };
        return credit;
      });
    },

    async listEntries(customerId, before, limit) {
      const query = sql
        .knex('stored_value_entries as e')
        .join('stored_value_accounts as a', 'a.account_id', 'e.account_id')
        .select<EntryRow[]>('e.*', 'a.currency')
        .where('a.customer_id', customerId)
        .orderBy('e.entry_number', 'desc')
        .limit(limit);
      if (before !== undefined) query.where('e.entry_number', '<', before.toString());
      return (await query).map(toStoredValueEntry);
    },
  };
}
