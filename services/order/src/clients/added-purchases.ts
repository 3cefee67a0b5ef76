import type { Client } from '@connectrpc/connect';
import { type InventoryService, RestockCondition } from '@souk/gen/souk/inventory/v1/inventory_service_pb';
import { PaymentPurpose, PaymentState } from '@souk/gen/souk/payment/v1/payment_pb';
import type { PaymentService } from '@souk/gen/souk/payment/v1/payment_service_pb';
import { isReason, moneyToProto } from '@souk/rpc';
import type { AddedPayments, AddedStock } from '../app/edit-ports.ts';
import { StepRefused } from '../app/saga/saga.ts';
import type { Rejection } from '../domain/order.ts';
import { checkoutRefused, type Refused, refusable, requestIdOf } from './step-call.ts';

/** Stock for units that are added to an order: each purchase has a reservation of its own. */
export function addedStock(inventory: Client<typeof InventoryService>): AddedStock {
  return {
    async reserve({ purchaseId, orderId, regionCode, lines }, call) {
      const request = {
        orderId,
        reservationId: purchaseId,
        shipToRegion: regionCode,
        lines: lines.map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity: BigInt(quantity) })),
        requestId: requestIdOf(call),
      };
      const { reservation } = await refusable(
        inventory.reserveStock(request, { timeoutMs: call.timeoutMs }),
        stockRefused,
      );
      return (reservation?.allocations ?? []).map(({ lineId, sku, locationId, quantity }) => ({
        ...{ lineId, sku, locationId },
        quantity: Number(quantity),
        shippedQuantity: 0,
        cancelledQuantity: 0,
      }));
    },
    async commit({ purchaseId, orderId }, call) {
      const request = { orderId, reservationId: purchaseId, requestId: requestIdOf(call) };
      await refusable(inventory.commitReservation(request, { timeoutMs: call.timeoutMs }), checkoutRefused);
    },
    async giveBack({ purchaseId, orderId }, lines, call) {
      const { timeoutMs } = call;
      try {
        const request = { orderId, reservationId: purchaseId, requestId: requestIdOf(call) };
        await inventory.releaseReservation(request, { timeoutMs });
      } catch (error) {
        if (isReason(error, 'RESERVATION_NOT_FOUND')) return;
        if (!isReason(error, 'RESERVATION_COMMITTED')) throw error;
        const id = requestIdOf({ ...call, key: `${call.key}:restock` });
        const back = lines.map(({ sku, quantity, locationId }) => ({
          ...{ sku, locationId, quantity: BigInt(quantity) },
          condition: RestockCondition.GOOD,
        }));
        await inventory.restockReturn({ returnId: id, requestId: id, orderId, lines: back }, { timeoutMs });
      }
    },
  };
}

function stockRefused(refused: Refused): Rejection {
  const isShort = refused.reason === 'STOCK_INSUFFICIENT' || refused.reason === 'SKU_UNKNOWN';
  if (!isShort) return checkoutRefused(refused);
  return { ...refused, reason: 'STOCK_INSUFFICIENT', metadata: { available: '0', ...refused.metadata } };
}

/** Money for units that are added to an order: each purchase has a payment of its own. */
export function addedPayments(payment: Client<typeof PaymentService>): AddedPayments {
  return {
    async authorize({ purchaseId, orderId, customerId, amount, paymentMethod }, call) {
      const request = {
        ...{ orderId, customerId, paymentMethod },
        requestId: requestIdOf(call),
        amount: moneyToProto(amount),
        purpose: PaymentPurpose.EDIT,
        reference: purchaseId,
      };
      const reply = await refusable(
        payment.authorizePayment(request, { timeoutMs: call.timeoutMs }),
        paymentRefused,
      );
      if (reply.payment === undefined) throw new Error('the payment service answered with no payment');
      const { paymentId, state } = reply.payment;
      if (state === PaymentState.PENDING) throw new Error('the payment service does not know yet');
      // Nobody waits for an edit: a challenge or a review refuses it, and it can be tried with another means.
      const isWaiting = state === PaymentState.REQUIRES_ACTION || state === PaymentState.IN_REVIEW;
      if (isWaiting || state === PaymentState.FAILED || state === PaymentState.VOIDED)
        throw new StepRefused({
          reason: 'PAYMENT_DECLINED',
          message: 'The payment was not accepted at once.',
          metadata: { provider_reason: isWaiting ? 'authentication_required' : reply.payment.declineCode },
        });
      return paymentId;
    },
    async capture(paymentId, call) {
      const request = { requestId: requestIdOf(call), paymentId };
      await refusable(payment.capturePayment(request, { timeoutMs: call.timeoutMs }), checkoutRefused);
    },
    async giveBack(authorizeKey, amount, { orderId, purchaseId }, call) {
      const { timeoutMs } = call;
      const authorization = requestIdOf({ ...call, key: authorizeKey });
      try {
        const target = { case: 'authorizationRequestId', value: authorization } as const;
        await payment.voidPayment({ requestId: requestIdOf(call), target }, { timeoutMs });
      } catch (error) {
        if (isReason(error, 'PAYMENT_NOT_FOUND')) return;
        if (!isReason(error, 'PAYMENT_STATE_INVALID')) throw error;
        const request = {
          requestId: requestIdOf({ ...call, key: `${call.key}:refund` }),
          orderId,
          amount: moneyToProto(amount),
          reason: 'edit undone',
          reference: purchaseId,
        };
        await payment.refundOrder(request, { timeoutMs });
      }
    },
  };
}

function paymentRefused(refused: Refused): Rejection {
  if (refused.reason !== 'PAYMENT_DECLINED') return checkoutRefused(refused);
  return { ...refused, metadata: { provider_reason: refused.metadata['decline_code'] ?? '' } };
}
