import {
  CustomerKind,
  OrderState as OrderStateProto,
  PaymentState as PaymentStateProto,
  ReturnReason as ReturnReasonProto,
  ReturnState as ReturnStateProto,
} from '@souk/gen/souk/order/v1/order_pb';
import { SagaState as SagaStateProto } from '@souk/gen/souk/order/v1/saga_pb';
import type { SagaState } from '../app/saga/saga.ts';
import type { Customer } from '../domain/order.ts';
import type { ReturnReason, ReturnState } from '../domain/order-return.ts';
import type { OrderState, PaymentState } from '../domain/order-state.ts';

/** A closed set of names and the numbers that stand for them on the wire. */
export interface EnumMap<Name extends string, Value extends number> {
  readonly toProto: Readonly<Record<Name, Value>>;
  /** The name of a number; undefined for one that is not in the set, such as UNSPECIFIED. */
  fromProto(value: number): Name | undefined;
}

function enumMap<Name extends string, Value extends number>(
  toProto: Readonly<Record<Name, Value>>,
): EnumMap<Name, Value> {
  const names = Object.keys(toProto).filter((name): name is Name => name in toProto);
  return { toProto, fromProto: (value) => names.find((name) => toProto[name] === value) };
}

/** Order states. */
export const ORDER_STATES: EnumMap<OrderState, OrderStateProto> = enumMap({
  pending: OrderStateProto.PENDING,
  confirmed: OrderStateProto.CONFIRMED,
  rejected: OrderStateProto.REJECTED,
  cancelled: OrderStateProto.CANCELLED,
  'partially-returned': OrderStateProto.PARTIALLY_RETURNED,
  returned: OrderStateProto.RETURNED,
});

/** Payment states. */
export const PAYMENT_STATES: EnumMap<PaymentState, PaymentStateProto> = enumMap({
  pending: PaymentStateProto.PENDING,
  authorized: PaymentStateProto.AUTHORIZED,
  captured: PaymentStateProto.CAPTURED,
  voided: PaymentStateProto.VOIDED,
  'partially-refunded': PaymentStateProto.PARTIALLY_REFUNDED,
  refunded: PaymentStateProto.REFUNDED,
});

/** Kinds of customers. */
export const CUSTOMER_KINDS: EnumMap<Customer['kind'], CustomerKind> = enumMap({
  guest: CustomerKind.GUEST,
  account: CustomerKind.ACCOUNT,
});

/** Return states. */
export const RETURN_STATES: EnumMap<ReturnState, ReturnStateProto> = enumMap({
  requested: ReturnStateProto.REQUESTED,
  received: ReturnStateProto.RECEIVED,
  completed: ReturnStateProto.COMPLETED,
});

/** Reasons for returns. */
export const RETURN_REASONS: EnumMap<ReturnReason, ReturnReasonProto> = enumMap({
  unwanted: ReturnReasonProto.UNWANTED,
  defective: ReturnReasonProto.DEFECTIVE,
  'wrong-item': ReturnReasonProto.WRONG_ITEM,
  'not-as-described': ReturnReasonProto.NOT_AS_DESCRIBED,
  other: ReturnReasonProto.OTHER,
});

/** Saga states. */
export const SAGA_STATES: EnumMap<SagaState, SagaStateProto> = enumMap({
  running: SagaStateProto.RUNNING,
  compensating: SagaStateProto.COMPENSATING,
  completed: SagaStateProto.COMPLETED,
  compensated: SagaStateProto.COMPENSATED,
});
