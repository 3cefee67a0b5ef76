import { timestampDate } from '@bufbuild/protobuf/wkt';
import type { HandlerContext } from '@connectrpc/connect';
import type {
  AuthorizePaymentRequest,
  CapturePaymentRequest,
  PayerDetails,
  ReconcilePaymentsRequest,
  RefundOrderRequest,
  RefundPaymentRequest,
  VoidPaymentRequest,
} from '@souk/gen/souk/payment/v1/payment_service_pb';
import { PaymentPurpose as PurposeMessage } from '@souk/gen/souk/payment/v1/payment_pb';
import type { PostalAddress } from '@souk/gen/google/type/postal_address_pb';
import { invalid } from '@souk/kernel';
import { callOf, moneyFromProto } from '@souk/rpc';
import type { Authorization } from '../app/authorize-payment.ts';
import type { CaptureOrder } from '../app/capture-payment.ts';
import type { OperationKey, VoidTarget } from '../app/ports.ts';
import type { ReconciliationCursor, ReconciliationRequest } from '../app/reconcile-payments.ts';
import type { OrderRefund } from '../app/refund-order.ts';
import type { RefundOrder } from '../app/refund-payment.ts';
import { refuseCardData } from '../domain/card-data.ts';
import type { PlaceParts } from '../domain/fraud/address-key.ts';
import type { Payer } from '../domain/fraud/attempt.ts';
import type { PaymentPurpose } from '../domain/payment.ts';
import { tender } from '../domain/tender.ts';

/** What makes a call once-only. */
export function keyOf({ requestId }: { readonly requestId: string }, context: HandlerContext): OperationKey {
  return { requestId, fingerprint: callOf(context).fingerprint };
}

const PURPOSES: Readonly<Record<PurposeMessage, PaymentPurpose>> = {
  [PurposeMessage.UNSPECIFIED]: 'checkout',
  [PurposeMessage.CHECKOUT]: 'checkout',
  [PurposeMessage.EDIT]: 'edit',
  [PurposeMessage.EXCHANGE]: 'exchange',
  // Refused by the contract's validation.
  [PurposeMessage.UNMATCHED]: 'unmatched',
};

/** @throws DomainError CARD_DATA_REFUSED, TENDERS_INVALID, VALIDATION_FAILED. */
export function authorizationFromProto(request: AuthorizePaymentRequest): Authorization {
  const { orderId, customerId, purpose, reference } = request;
  refuseCardData({ reference });
  const paymentMethod = oneTimeToken(request.paymentMethod, 'payment_method');
  const amount = moneyFromProto(request.amount, 'amount');
  const payer = payerFromProto(request.payer);
  const order = { orderId, customerId, purpose: PURPOSES[purpose], reference, amount, payer };
  if (request.tenders.length === 0)
    return { ...order, tenders: [tender('card', amount)], paymentMethod, codes: new Map() };

  const codes = new Map<number, string>();
  let card = '';
  const tenders = request.tenders.map((it, position) => {
    const share = moneyFromProto(it.amount, `tenders[${position}].amount`);
    switch (it.means.case) {
      case 'paymentMethod':
        card = oneTimeToken(it.means.value, 'tenders');
        return tender('card', share);
      case 'giftCardCode':
        refuseCardData({ tenders: it.means.value });
        codes.set(position, it.means.value);
        return tender('gift_card', share);
      case 'storeCredit':
        return tender('store_credit', share, customerId);
      case 'savedPaymentMethodId':
        return tender('card', share, it.means.value);
      case undefined:
        throw invalid('TENDERS_INVALID', 'A tender without a means of payment.', { field: 'tenders' });
    }
  });
  return { ...order, tenders, paymentMethod: card, codes };
}

/**
 * A token that a payer may show. What a provider calls a kept card is never one, so that nobody pays with another's.
 *
 * @throws DomainError CARD_DATA_REFUSED, TENDERS_INVALID.
 */
function oneTimeToken(token: string, field: string): string {
  refuseCardData({ [field]: token });
  if (token.includes('@')) throw invalid('TENDERS_INVALID', 'This is no one-time token.', { field });
  return token;
}

/** @throws DomainError CARD_DATA_REFUSED. */
function payerFromProto(payer: PayerDetails | undefined): Payer {
  const { email = '', deviceId = '', billingAddress, shippingAddress } = payer ?? {};
  refuseCardData({ 'payer.email': email, 'payer.device_id': deviceId });
  return {
    email,
    deviceId,
    billing: billingAddress && placeFromProto(billingAddress),
    shipping: shippingAddress && placeFromProto(shippingAddress),
  };
}

function placeFromProto(address: PostalAddress): PlaceParts {
  const { regionCode, postalCode, locality, addressLines } = address;
  return { country: regionCode.toUpperCase(), postalCode, lines: [locality, ...addressLines.slice(0, 5)] };
}

/** @throws DomainError CARD_DATA_REFUSED, VALIDATION_FAILED. */
export function refundFromProto(request: RefundPaymentRequest): RefundOrder {
  const { paymentId, reason, reference } = request;
  refuseCardData({ reason, reference });
  return { paymentId, reason, reference, amount: moneyFromProto(request.amount, 'amount') };
}

/** @throws DomainError CARD_DATA_REFUSED, VALIDATION_FAILED. */
export function orderRefundFromProto(request: RefundOrderRequest): OrderRefund {
  const { orderId, reason, reference } = request;
  refuseCardData({ reason, reference });
  return { orderId, reason, reference, amount: moneyFromProto(request.amount, 'amount') };
}

/** What to take. */
export function captureFromProto({ paymentId, amount, keepRemainder }: CapturePaymentRequest): CaptureOrder {
  return { paymentId, amount: amount && moneyFromProto(amount, 'amount'), keepRemainder };
}

/** What to void; validation has seen to it that something is set. */
export function voidTargetFromProto({ target }: VoidPaymentRequest): VoidTarget {
  switch (target.case) {
    case 'orderId':
      return { orderId: target.value };
    case 'authorizationRequestId':
      return { authorizationRequestId: target.value };
    default:
      return { paymentId: target.value ?? '' };
  }
}

/** A page of a reconciliation. */
export function reconciliationFromProto(
  request: ReconcilePaymentsRequest,
  cursor: readonly string[] | undefined,
  limit: number,
  settlingMs: number,
): ReconciliationRequest {
  return {
    provider: request.provider,
    start: request.startTime && timestampDate(request.startTime),
    end: request.endTime && timestampDate(request.endTime),
    settlingMs,
    cursor: cursor && toCursor(cursor),
    limit,
  };
}

function toCursor([side, after = '']: readonly string[]): ReconciliationCursor {
  return { side: side === 'ledger' ? 'ledger' : 'provider', after };
}
