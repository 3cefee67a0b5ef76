import { Money } from '@souk/kernel';
import type { Knex } from 'knex';
import type { GiftCard } from '../domain/gift-card.ts';

/** A gift card with its account. */
export interface GiftCardRow {
  readonly gift_card_id: string;
  readonly last_characters: string;
  readonly currency: string;
  readonly initial_amount: bigint;
  readonly balance: bigint;
  readonly held: bigint;
  readonly is_disabled: boolean;
  readonly expire_time: Date | null;
  readonly note: string;
  readonly create_time: Date;
}

/** Reads gift cards, newest first; `narrow` says which. */
export async function readGiftCards(
  db: Knex,
  narrow: (query: Knex.QueryBuilder<GiftCardRow, GiftCardRow[]>) => void,
): Promise<GiftCardRow[]> {
  const query = db<GiftCardRow>('gift_card_balances')
    .select<GiftCardRow[]>('*')
    .orderBy('gift_card_id', 'desc');
  narrow(query);
  return query;
}

/** A gift card from its row. */
export function giftCardOf(row: GiftCardRow): GiftCard {
  const money = (minor: bigint): Money => Money.of(row.currency, minor);
  return {
    id: row.gift_card_id,
    lastCharacters: row.last_characters,
    initialAmount: money(row.initial_amount),
    balance: money(row.balance),
    held: money(row.held),
    isDisabled: row.is_disabled,
    expireTime: row.expire_time ?? undefined,
    note: row.note,
    createTime: row.create_time,
  };
}
