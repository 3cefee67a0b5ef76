/** Where a payment stands. */
export type PaymentState =
  | 'pending'
  | 'requires_action'
  | 'in_review'
  | 'authorized'
  | 'partially_captured'
  | 'captured'
  | 'partially_refunded'
  | 'refunded'
  | 'voided'
  | 'failed';

/**
 * What can happen to a payment. `challenge`: the payer has to do something first. `put_aside`: held, a person decides.
 * `surprise`: the provider took money although we held the payment for over.
 */
export type PaymentEvent =
  | 'authorize'
  | 'challenge'
  | 'put_aside'
  | 'approve'
  | 'decline'
  | 'capture'
  | 'void'
  | 'refund'
  | 'surprise';

const GIVEN_BACK = ['captured', 'partially_refunded', 'refunded'] as const;

/**
 * The state machine: for each event the states in which it may happen, and where it leads from there; which of several is
 * said by the amounts. The database refuses every other step too (`storage/migrations`).
 */
const TRANSITIONS: Readonly<
  Record<PaymentEvent, Readonly<Partial<Record<PaymentState, readonly PaymentState[]>>>>
> = {
  authorize: { pending: ['authorized'], requires_action: ['authorized'] },
  challenge: { pending: ['requires_action'] },
  put_aside: { pending: ['in_review'], requires_action: ['in_review'] },
  approve: { in_review: ['authorized'] },
  decline: { pending: ['failed'], requires_action: ['failed'] },
  capture: {
    authorized: ['partially_captured', 'captured'],
    partially_captured: ['partially_captured', ...GIVEN_BACK],
  },
  void: {
    requires_action: ['voided'],
    in_review: ['voided'],
    authorized: ['voided'],
    partially_captured: GIVEN_BACK,
  },
  refund: {
    partially_captured: ['partially_captured'],
    captured: ['partially_refunded', 'refunded'],
    partially_refunded: ['partially_refunded', 'refunded'],
  },
  surprise: { voided: ['captured'], failed: ['captured'] },
};

/** Steps between states, each once, as `from>to`; a step that stays is left out. */
export function possibleSteps(): string[] {
  const steps = Object.values(TRANSITIONS).flatMap((byState) =>
    Object.entries(byState).flatMap(([from, to]) =>
      to.filter((state) => state !== from).map((state) => `${from}>${state}`),
    ),
  );
  return [...new Set(steps)].sort();
}

/** Whether the state machine lets an event happen. */
export function allows({ state }: { readonly state: PaymentState }, event: PaymentEvent): boolean {
  return TRANSITIONS[event][state] !== undefined;
}
