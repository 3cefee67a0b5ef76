import {
  FulfilmentState as FulfilmentStateProto,
  ShipmentState as ShipmentStateProto,
} from '@souk/gen/souk/order/v1/fulfilment_pb';
import {
  CustomerKind,
  OrderState as OrderStateProto,
  PaymentState as PaymentStateProto,
  ReturnReason as ReturnReasonProto,
  ReturnState as ReturnStateProto,
  StateMachine,
} from '@souk/gen/souk/order/v1/order_pb';
import { SagaState as SagaStateProto } from '@souk/gen/souk/order/v1/saga_pb';
import type { SagaState } from '../app/saga/saga.ts';
import type { Customer } from '../domain/order.ts';
import type { ReturnReason } from '../domain/order-return.ts';
import type { FulfilmentState, OrderState, PaymentState } from '../domain/order-state.ts';
import type { ReturnState } from '../domain/return-state.ts';
import type { ShipmentState } from '../domain/shipment-state.ts';
import type { MachineName } from '../domain/state-machine.ts';

/** A closed set of names and the numbers that stand for them on the wire. */
export interface EnumMap<Name extends string, Value extends number> {
  readonly toProto: Readonly<Record<Name, Value>>;
  /** The name of a number; undefined for one that is not in the set, such as UNSPECIFIED. */
  fromProto(value: number): Name | undefined;
  /** The number of a text that is a name. */
  named(text: string): Value | undefined;
}

function enumMap<Name extends string, Value extends number>(
  toProto: Readonly<Record<Name, Value>>,
): EnumMap<Name, Value> {
  const names = Object.keys(toProto).filter((name): name is Name => name in toProto);
  const known = (text: string): Name | undefined => names.find((name) => name === text);
  return {
    toProto,
    fromProto: (value) => names.find((name) => toProto[name] === value),
    named: (text) => {
      const name = known(text);
      return name && toProto[name];
    },
  };
}

/** Order states. */
export const ORDER_STATES: EnumMap<OrderState, OrderStateProto> = enumMap({
  pending: OrderStateProto.PENDING,
  confirmed: OrderStateProto.CONFIRMED,
  rejected: OrderStateProto.REJECTED,
  cancelled: OrderStateProto.CANCELLED,
  'partially-returned': OrderStateProto.PARTIALLY_RETURNED,
  returned: OrderStateProto.RETURNED,
  expired: OrderStateProto.EXPIRED,
});

/** Payment states. */
export const PAYMENT_STATES: EnumMap<PaymentState, PaymentStateProto> = enumMap({
  pending: PaymentStateProto.PENDING,
  authorized: PaymentStateProto.AUTHORIZED,
  captured: PaymentStateProto.CAPTURED,
  voided: PaymentStateProto.VOIDED,
  'partially-refunded': PaymentStateProto.PARTIALLY_REFUNDED,
  refunded: PaymentStateProto.REFUNDED,
  'action-required': PaymentStateProto.ACTION_REQUIRED,
  'in-review': PaymentStateProto.IN_REVIEW,
});

/** Kinds of customers. */
export const CUSTOMER_KINDS: EnumMap<Customer['kind'], CustomerKind> = enumMap({
  guest: CustomerKind.GUEST,
  account: CustomerKind.ACCOUNT,
});

/** Return states. */
export const RETURN_STATES: EnumMap<ReturnState, ReturnStateProto> = enumMap({
  requested: ReturnStateProto.REQUESTED,
  approved: ReturnStateProto.APPROVED,
  refused: ReturnStateProto.REFUSED,
  withdrawn: ReturnStateProto.WITHDRAWN,
  arrived: ReturnStateProto.ARRIVED,
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
  waiting: SagaStateProto.WAITING,
  blocked: SagaStateProto.BLOCKED,
});

/** How much of an order has left, and arrived. */
export const FULFILMENT_STATES: EnumMap<FulfilmentState, FulfilmentStateProto> = enumMap({
  unfulfilled: FulfilmentStateProto.UNFULFILLED,
  'partially-shipped': FulfilmentStateProto.PARTIALLY_SHIPPED,
  shipped: FulfilmentStateProto.SHIPPED,
  'partially-delivered': FulfilmentStateProto.PARTIALLY_DELIVERED,
  delivered: FulfilmentStateProto.DELIVERED,
});

/** Shipment states. */
export const SHIPMENT_STATES: EnumMap<ShipmentState, ShipmentStateProto> = enumMap({
  shipped: ShipmentStateProto.SHIPPED,
  delivered: ShipmentStateProto.DELIVERED,
});

/** Whose state a change is about. */
export const MACHINES: EnumMap<MachineName, StateMachine> = enumMap({
  order: StateMachine.ORDER,
  payment: StateMachine.PAYMENT,
  fulfilment: StateMachine.FULFILMENT,
  shipment: StateMachine.SHIPMENT,
  return: StateMachine.RETURN,
});

/** A state as the contract names it: `partially-shipped` is `PARTIALLY_SHIPPED`. */
export function stateName(state: string): string {
  return state.toUpperCase().replaceAll('-', '_');
}
