/** The machines of this service: what an order's history tells of. */
export type MachineName = 'order' | 'payment' | 'fulfilment' | 'shipment' | 'return';

/** States and what may follow each, as data: the same table is enforced here and by the database. */
export interface StateMachine<State extends string> {
  readonly name: MachineName;
  readonly initial: State;
  /** A state with no successors is final. */
  readonly transitions: Readonly<Record<State, readonly State[]>>;
}

/** One allowed step of one machine. */
export interface LegalTransition {
  readonly machine: MachineName;
  readonly from: string;
  readonly to: string;
}

/** One entry of an order's history. */
export interface StateChange {
  readonly machine: MachineName;
  /** The shipment or return that changed; undefined for the order itself. */
  readonly subjectId: string | undefined;
  /** Undefined for the first entry of a machine. */
  readonly from: string | undefined;
  readonly to: string;
  /** `customer:<id>`, `staff:<id>` or `system`. */
  readonly actor: string;
  /** A reason code or a note; may be empty. */
  readonly reason: string;
  readonly time: Date;
}

/** Who changes something, why, and when. */
export interface Change {
  readonly actor: string;
  readonly reason: string;
  readonly now: Date;
}

/** Whether a machine allows a step. */
export function allows<State extends string>(machine: StateMachine<State>, from: State, to: State): boolean {
  return machine.transitions[from].includes(to);
}

/** Whether nothing can follow a state. */
export function isFinalIn<State extends string>(machine: StateMachine<State>, state: State): boolean {
  return machine.transitions[state].length === 0;
}

/** All steps that a machine allows. */
export function transitionsOf<State extends string>(
  machine: StateMachine<State>,
): readonly LegalTransition[] {
  const states = Object.keys(machine.transitions).filter(
    (name): name is State => name in machine.transitions,
  );
  return states.flatMap((from) =>
    machine.transitions[from].map((to) => ({ machine: machine.name, from, to })),
  );
}
