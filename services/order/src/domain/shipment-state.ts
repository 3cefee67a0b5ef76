import type { StateMachine } from './state-machine.ts';

/** Where a shipment is in its life. */
export type ShipmentState = 'shipped' | 'delivered';

/** A shipment's life. */
export const SHIPMENT_MACHINE: StateMachine<ShipmentState> = {
  name: 'shipment',
  initial: 'shipped',
  transitions: { shipped: ['delivered'], delivered: [] },
};
