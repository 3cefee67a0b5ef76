import type { Sql } from '@souk/sql';
import type { AddressStore } from '../app/ports.ts';
import type { PostalAddress } from '../domain/saved-address.ts';
import { onceByKey } from './once-by-key.ts';

interface AddressRow {
  readonly address_id: string;
  readonly label: string;
  readonly address: PostalAddress;
  readonly preferred: boolean;
}

/** Address books in PostgreSQL. */
export function postgresAddresses(sql: Sql): AddressStore {
  return {
    async list(accountId) {
      const rows = await sql
        .knex<AddressRow>('addresses')
        .select('*')
        .whereRaw('account_id = ?', [accountId])
        .orderBy('address_id');
      return rows.map(({ address_id: id, label, address, preferred }) => ({ id, label, address, preferred }));
    },

    async save(accountId, saved, isNew, most, once) {
      const outcome = await onceByKey<'absent' | 'full'>(sql, 'SaveAddress', once, async (trx) => {
        // The account's lock puts changes of one book in line.
        await trx('accounts').select('account_id').where('account_id', accountId).forUpdate();
        const book: unknown[] = await trx('addresses').select('address_id').where('account_id', accountId);
        if (isNew && book.length >= most) return { refused: 'full' };
        if (saved.preferred)
          await trx('addresses').where('account_id', accountId).update({ preferred: false });
        const columns = {
          label: saved.label,
          address: JSON.stringify(saved.address),
          preferred: saved.preferred,
        };
        if (isNew) {
          await trx('addresses').insert({ address_id: saved.id, account_id: accountId, ...columns });
          return { made: saved.id };
        }
        const replaced = await trx('addresses')
          .where({ address_id: saved.id, account_id: accountId })
          .update(columns);
        return replaced > 0 ? { made: saved.id } : { refused: 'absent' };
      });
      return 'made' in outcome ? { ...saved, id: outcome.made } : outcome.refused;
    },

    async delete(accountId, addressId) {
      const deleted = await sql
        .knex('addresses')
        .where({ address_id: addressId, account_id: accountId })
        .delete();
      return deleted > 0;
    },
  };
}
