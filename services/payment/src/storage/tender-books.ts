import { type Clock, Money } from '@souk/kernel';
import { giftCardNotFound, normalCode, requireUsable } from '../domain/gift-card.ts';
import { insufficient } from '../domain/stored-value.ts';
import { giftCardOf, readGiftCards } from './gift-card-row.ts';
import { lockAccount, moveAccount, type MovementCause } from './stored-value-rows.ts';
import type { TenderBook, TenderBooks } from './tender-book.ts';

/** Hashes a code as it is kept. */
export type HashCode = (normalCode: string) => Buffer;

/** The keepers of gift cards and store credit; what they do is part of the payment's transaction. */
export function tenderBooks(hashCode: HashCode, clock: Clock): TenderBooks {
  return { gift_card: giftCardBook(hashCode, clock), store_credit: storeCreditBook(clock) };
}

function giftCardBook(hashCode: HashCode, clock: Clock): TenderBook {
  return {
    async hold(trx, payment, tender, code) {
      const normal = normalCode(code);
      const [row] =
        normal === undefined
          ? []
          : await readGiftCards(trx, (query) => {
              query.where('code_hash', hashCode(normal));
            });
      if (row === undefined) throw giftCardNotFound();
      const account = await lockAccount(trx, { account_id: row.gift_card_id });
      if (account === undefined) throw giftCardNotFound();
      requireUsable(giftCardOf(row), clock.now());
      await moveAccount(trx, account, 'hold', tender.amount, causeOf(payment, clock));
      return { ...tender, source: account.id, label: `…${row.last_characters}` };
    },
    move: mover('gift card', clock),
  };
}

function storeCreditBook(clock: Clock): TenderBook {
  return {
    async hold(trx, payment, tender) {
      const { currency } = tender.amount;
      const account = await lockAccount(trx, { customer_id: payment.customerId, currency });
      if (account === undefined) throw insufficient('store_credit', Money.zero(currency));
      await moveAccount(trx, account, 'hold', tender.amount, causeOf(payment, clock));
      return { ...tender, source: account.id };
    },
    move: mover('store credit', clock),
  };
}

function mover(name: string, clock: Clock): TenderBook['move'] {
  return async (trx, payment, tender, kind, { amount }) => {
    const account = await lockAccount(trx, { account_id: tender.source });
    if (account === undefined) throw new Error(`the ${name} of a tender has vanished`);
    await moveAccount(trx, account, kind, amount, causeOf(payment, clock));
  };
}

function causeOf(payment: { readonly id: string; readonly orderId: string }, clock: Clock): MovementCause {
  return { paymentId: payment.id, orderId: payment.orderId, time: clock.now() };
}
