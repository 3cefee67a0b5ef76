import { FULFILMENT_MACHINE, ORDER_MACHINE, PAYMENT_MACHINE } from './order-state.ts';
import { RETURN_MACHINE } from './return-state.ts';
import { SHIPMENT_MACHINE } from './shipment-state.ts';
import { type LegalTransition, transitionsOf } from './state-machine.ts';

/** Every step that any machine of this service allows: what the database is told to enforce. */
export const LEGAL_TRANSITIONS: readonly LegalTransition[] = [
  ...transitionsOf(ORDER_MACHINE),
  ...transitionsOf(PAYMENT_MACHINE),
  ...transitionsOf(FULFILMENT_MACHINE),
  ...transitionsOf(SHIPMENT_MACHINE),
  ...transitionsOf(RETURN_MACHINE),
];
