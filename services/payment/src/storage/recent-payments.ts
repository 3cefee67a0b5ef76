import type { Payment } from '../domain/payment.ts';

/**
 * The payments that this process changed last, as they were stored. A guess, never the truth: what is decided by it is
 * written under the condition that the version has not changed.
 */
export interface RecentPayments {
  get(paymentId: string): Payment | undefined;
  set(payment: Payment): void;
  delete(paymentId: string): void;
}

/** Holds so many; the oldest goes first. */
export function recentPayments(capacity = 2_000): RecentPayments {
  const held = new Map<string, Payment>();
  return {
    get: (paymentId) => held.get(paymentId),
    set(payment) {
      held.delete(payment.id);
      held.set(payment.id, payment);
      if (held.size <= capacity) return;
      const oldest = held.keys().next();
      if (oldest.done !== true) held.delete(oldest.value);
    },
    delete(paymentId) {
      held.delete(paymentId);
    },
  };
}
