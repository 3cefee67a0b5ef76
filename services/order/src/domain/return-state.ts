import type { StateMachine } from './state-machine.ts';

/** Where a return is in its life. */
export type ReturnState = 'requested' | 'received' | 'completed';

/** A return's life. */
export const RETURN_MACHINE: StateMachine<ReturnState> = {
  name: 'return',
  initial: 'requested',
  transitions: { requested: ['received'], received: ['completed'], completed: [] },
};
