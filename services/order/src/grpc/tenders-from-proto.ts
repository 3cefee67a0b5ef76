import type { CheckoutTender, PlaceOrderRequest } from '@souk/gen/souk/order/v1/order_service_pb';
import { invalid } from '@souk/kernel';
import { moneyFromProto } from '@souk/rpc';
import { eitherOr, type Means, type RequestedTender } from '../domain/tender.ts';

/**
 * What a buyer pays with; a single payment method pays all.
 *
 * @throws DomainError TENDERS_INVALID, VALIDATION_FAILED.
 */
export function tendersFromProto({
  paymentMethod,
  tenders,
}: Pick<PlaceOrderRequest, 'paymentMethod' | 'tenders'>): readonly RequestedTender[] {
  if (paymentMethod === '')
    return tenders.map(({ means, amount }, position) => ({
      means: meansFromProto(means, position),
      amount: amount && moneyFromProto(amount, `tenders[${position}].amount`),
    }));
  if (tenders.length > 0) throw eitherOr();
  return [{ means: { kind: 'card', token: paymentMethod }, amount: undefined }];
}

function meansFromProto(means: CheckoutTender['means'], position: number): Means {
  switch (means.case) {
    case 'paymentMethod':
      return { kind: 'card', token: means.value };
    case 'savedPaymentMethodId':
      return { kind: 'saved-card', methodId: means.value };
    case 'giftCardCode':
      return { kind: 'gift-card', code: means.value };
    case 'storeCredit':
      return { kind: 'store-credit' };
    case undefined:
      throw invalid('VALIDATION_FAILED', 'A means of payment is required.', {
        field: `tenders[${position}].means`,
      });
  }
}
