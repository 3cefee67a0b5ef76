import { timestampDate } from '@bufbuild/protobuf/wkt';
import type { HandlerContext } from '@connectrpc/connect';
import type {
  AuthorizePaymentRequest,
  ReconcilePaymentsRequest,
  RefundPaymentRequest,
  VoidPaymentRequest,
} from '@souk/gen/souk/payment/v1/payment_service_pb';
import { callOf, moneyFromProto } from '@souk/rpc';
import type { Authorization } from '../app/authorize-payment.ts';
import type { OperationKey } from '../app/ports.ts';
import type { ReconciliationCursor, ReconciliationRequest } from '../app/reconcile-payments.ts';
import type { RefundOrder } from '../app/refund-payment.ts';
import { refuseCardData } from '../domain/card-data.ts';

/** What makes a call once-only. */
export function keyOf({ requestId }: { readonly requestId: string }, context: HandlerContext): OperationKey {
  return { requestId, fingerprint: callOf(context).fingerprint };
}

/** @throws DomainError CARD_DATA_REFUSED, VALIDATION_FAILED. */
export function authorizationFromProto(request: AuthorizePaymentRequest): Authorization {
  const { orderId, customerId, paymentMethod } = request;
  refuseCardData({ payment_method: paymentMethod });
  return { orderId, customerId, paymentMethod, amount: moneyFromProto(request.amount, 'amount') };
}

/** @throws DomainError CARD_DATA_REFUSED, VALIDATION_FAILED. */
export function refundFromProto(request: RefundPaymentRequest): RefundOrder {
  const { paymentId, reason, reference } = request;
  refuseCardData({ reason, reference });
  return { paymentId, reason, reference, amount: moneyFromProto(request.amount, 'amount') };
}

/** What to void; validation has seen to it that something is set. */
export function voidTargetFromProto({
  target,
}: VoidPaymentRequest): { paymentId: string } | { orderId: string } {
  return target.case === 'orderId' ? { orderId: target.value } : { paymentId: target.value ?? '' };
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
