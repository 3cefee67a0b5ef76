import type { StateMachine } from './state-machine.ts';

/** Where a return is in its life. */
export type ReturnState =
  | 'requested'
  | 'approved'
  | 'refused'
  | 'withdrawn'
  | 'arrived'
  | 'received'
  | 'completed';

/** A return's life. */
export const RETURN_MACHINE: StateMachine<ReturnState> = {
  name: 'return',
  initial: 'requested',
  transitions: {
    requested: ['approved', 'refused', 'withdrawn', 'arrived', 'received'],
    approved: ['refused', 'withdrawn', 'arrived', 'received'],
    arrived: ['received'],
    received: ['completed'],
    completed: [],
    refused: [],
    withdrawn: [],
  },
};
