import { describe, expect, it } from '@jest/globals';
import { Money } from '@souk/kernel';
import { authorized, captured, requested, voided } from './payment.ts';
import { type ProviderEvent, settlementOf } from './provider-event.ts';

const now = new Date('2026-01-02T03:04:05Z');
const amount = Money.of('GBP', 1_000);
const held = authorized(
  requested({ orderId: 'o', customerId: 'c', amount }, 'simulator', 'p', now),
  'pi',
  now,
);
const paid = captured(held, amount, now);
const common = { id: 'evt', paymentId: 'p' };
const capturedEvent: ProviderEvent = { ...common, type: 'captured', amount };
const refundedEvent: ProviderEvent = { ...common, type: 'refunded', refundReference: 're_1', amount };

describe('an event of the provider', () => {
  it('books what was done there without us', () => {
    expect(settlementOf(capturedEvent, held, 'r', now)?.payment.state).toBe('captured');
    expect(settlementOf({ ...common, type: 'canceled' }, held, 'r', now)?.payment.state).toBe('voided');
    expect(settlementOf(refundedEvent, paid, 'r', now)?.booking?.kind).toBe('refund');
  });

  it('changes nothing that we know already or that is overtaken', () => {
    expect(settlementOf(capturedEvent, paid, 'r', now)).toBeUndefined();
    expect(settlementOf(capturedEvent, voided(held, now), 'r', now)).toBeUndefined();
    expect(settlementOf({ ...common, type: 'canceled' }, paid, 'r', now)).toBeUndefined();
    const known = settlementOf(refundedEvent, paid, 'r', now)?.payment ?? paid;
    expect(settlementOf(refundedEvent, known, 'r2', now)).toBeUndefined();
  });
});
