import type { AuthorizePaymentRequest } from '@souk/gen/souk/payment/v1/payment_service_pb';
import { type DomainError, Money, notFound, precondition } from '@souk/kernel';
import { moneyFromProto } from '@souk/rpc';

/** A tender as the payment service was asked for it: its means, what it draws on, and the amount in minor units. */
export type AskedTender = readonly [means: string, source: string, amount: bigint];

/** What shoppers have at the fake payment service besides cards, with the refusals of its contract. */
export class Purse {
  readonly giftCards = new Map<string, { readonly balance: Money; readonly isDisabled?: boolean }>();
  /** By customer, in pence. */
  readonly credit = new Map<string, bigint>();
  /** Saved payment methods and their owners. */
  readonly savedMethods = new Map<string, string>();

  /** The tenders of a request, one card for all included. @throws DomainError when one of them cannot pay. */
  tendersOf({ amount, paymentMethod, tenders, customerId }: AuthorizePaymentRequest): readonly AskedTender[] {
    const total = moneyFromProto(amount, 'amount');
    if (tenders.length === 0) return [['paymentMethod', paymentMethod, total.minor]];
    return tenders.map(({ means, amount: part }): AskedTender => {
      const share = moneyFromProto(part, 'amount');
      switch (means.case) {
        case 'giftCardCode':
          this.#requireGiftCard(means.value, share);
          return [means.case, means.value, share.minor];
        case 'storeCredit': {
          const available = Money.of('GBP', this.credit.get(customerId) ?? 0n);
          if (available.compare(share) < 0) throw insufficient('STORE_CREDIT_INSUFFICIENT', available);
          return [means.case, customerId, share.minor];
        }
        case 'savedPaymentMethodId':
          if (this.savedMethods.get(means.value) !== customerId)
            throw notFound('PAYMENT_METHOD_NOT_FOUND', 'no such payment method');
          return [means.case, means.value, share.minor];
        default:
          return [means.case ?? '', means.value ?? '', share.minor];
      }
    });
  }

  #requireGiftCard(code: string, share: Money): void {
    const card = this.giftCards.get(code);
    if (card === undefined) throw notFound('GIFT_CARD_NOT_FOUND', 'no such gift card');
    if (card.isDisabled === true)
      throw precondition('GIFT_CARD_UNUSABLE', 'disabled', { metadata: { cause: 'DISABLED' } });
    const { balance } = card;
    if (balance.currency !== share.currency)
      throw precondition('STORED_VALUE_CURRENCY_MISMATCH', 'another currency', {
        metadata: { currency: balance.currency },
      });
    if (balance.compare(share) < 0) throw insufficient('GIFT_CARD_INSUFFICIENT', balance);
  }
}

function insufficient(reason: string, available: Money): DomainError {
  return precondition(reason, 'not enough', { metadata: { available: available.toString() } });
}
