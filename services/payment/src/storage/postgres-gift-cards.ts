import { newId } from '@souk/kernel';
import type { Sql } from '@souk/sql';
import type { Knex } from 'knex';
import type { GiftCardIssue, GiftCardStore } from '../app/stored-value/ports.ts';
import { normalCode } from '../domain/gift-card.ts';
import { bookGiftCardIssue } from '../domain/own-bookings.ts';
import { giftCardOf, readGiftCards } from './gift-card-row.ts';
import { onceByKey } from './once-by-key.ts';
import { storeOwnBooking } from './store-own-booking.ts';
import { moveAccount } from './stored-value-rows.ts';
import type { HashCode } from './tender-books.ts';

/** Gift cards in PostgreSQL; of a code only `hashCode` of it is kept. */
export function postgresGiftCards(sql: Sql, hashCode: HashCode): GiftCardStore {
  return {
    async issue(key, issue, codes, now) {
      return sql.transaction(async (trx) => {
        const ids = await onceByKey(trx, 'IssueGiftCards', key, async () => {
          const made: string[] = [];
          for (const code of codes) made.push(await insertCard(trx, issue, code, now));
          return made;
        });
        const rows = await readGiftCards(trx, (query) => {
          query.whereIn('gift_card_id', ids);
        });
        const byId = new Map(rows.map((row) => [row.gift_card_id, giftCardOf(row)]));
        return ids.flatMap((id) => byId.get(id) ?? []);
      });
    },

    async findByCode(code) {
      const [row] = await readGiftCards(sql.knex, (query) => {
        query.where('code_hash', hashCode(code));
      });
      return row && giftCardOf(row);
    },

    async find(giftCardId) {
      const [row] = await readGiftCards(sql.knex, (query) => {
        query.where('gift_card_id', giftCardId);
      });
      return row && giftCardOf(row);
    },

    async list(before, limit) {
      const rows = await readGiftCards(sql.knex, (query) => {
        query.limit(limit);
        if (before !== undefined) query.where('gift_card_id', '<', before);
      });
      return rows.map(giftCardOf);
    },

    async disable(giftCardId) {
      await sql.knex('gift_cards').where('gift_card_id', giftCardId).update({ is_disabled: true });
      const [row] = await readGiftCards(sql.knex, (query) => {
        query.where('gift_card_id', giftCardId);
      });
      return row && giftCardOf(row);
    },
  };

  async function insertCard(
    trx: Knex.Transaction,
    { amount, expireTime, note, issuerId }: GiftCardIssue,
    code: string,
    now: Date,
  ): Promise<string> {
    const id = newId();
    const normal = normalCode(code) ?? '';
    const { currency } = amount;
    await trx('stored_value_accounts').insert({ account_id: id, kind: 'gift_card', currency, balance: 0 });
    await trx('gift_cards').insert({
      gift_card_id: id,
      code_hash: hashCode(normal),
      last_characters: normal.slice(-4),
      initial_amount: amount.minor.toString(),
      expire_time: expireTime ?? null,
      note,
      issuer_id: issuerId,
      create_time: now,
    });
    const zero = amount.minus(amount);
    const account = { id, kind: 'gift_card', balance: zero, held: zero } as const;
    await moveAccount(trx, account, 'issue', amount, { authorId: issuerId, time: now });
    await storeOwnBooking(trx, bookGiftCardIssue(amount, id), now);
    return id;
  }
}
