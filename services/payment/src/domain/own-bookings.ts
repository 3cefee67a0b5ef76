import type { Money } from '@souk/kernel';
import type { Booking, LedgerAccount } from './ledger.ts';

// Bookings that no capture or refund makes. `gift_card_funding`: what gift cards were issued for, cleared by sales accounting
// (sold ones) or expensed (given ones). `disputed_receipts`: what the provider took back until a dispute is decided.

const OWN = 'souk';

/** A gift card was made: we owe its holder. `reference` is the card's id. */
export function bookGiftCardIssue(amount: Money, reference: string): Booking {
  return booking('gift_card_issue', OWN, reference, 'gift_card_funding', 'gift_card_liability', amount);
}

/** Store credit was given: we owe the customer. `reference` identifies the grant. */
export function bookStoreCreditGrant(amount: Money, reference: string): Booking {
  return booking(
    'store_credit_grant',
    OWN,
    reference,
    'store_credit_expense',
    'store_credit_liability',
    amount,
  );
}

/** The provider took disputed money back. `reference` is the dispute. */
export function bookChargeback(amount: Money, provider: string, reference: string): Booking {
  return booking('chargeback', provider, reference, 'disputed_receipts', 'provider_receivable', amount);
}

/** We were right: the money came back. `reference` is the provider's movement. */
export function bookChargebackWon(amount: Money, provider: string, reference: string): Booking {
  return booking('chargeback_won', provider, reference, 'provider_receivable', 'disputed_receipts', amount);
}

/** We were not: the money is lost. Moves nothing at the provider. */
export function bookChargebackLost(amount: Money, reference: string): Booking {
  return booking('chargeback_lost', OWN, reference, 'chargeback_losses', 'disputed_receipts', amount);
}

function booking(
  kind: Booking['kind'],
  provider: string,
  providerReference: string,
  debit: LedgerAccount,
  credit: LedgerAccount,
  amount: Money,
): Booking {
  return {
    kind,
    provider,
    providerReference,
    postings: [
      { account: debit, side: 'debit', amount },
      { account: credit, side: 'credit', amount },
    ],
  };
}
