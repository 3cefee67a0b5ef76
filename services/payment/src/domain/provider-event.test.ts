import { describe, expect, it } from '@jest/globals';
import { Money } from '@souk/kernel';
import { authorized, challenged, requested, voided } from './payment.ts';
import { settleCapture } from './payment-fact.ts';
import { owesRefund, type ProviderEvent, settlementOf } from './provider-event.ts';
import { tender } from './tender.ts';

const now = new Date('2026-01-02T03:04:05Z');
const amount = Money.of('GBP', 1_000);
const order = { orderId: 'o', customerId: 'c', purpose: 'checkout', reference: '' } as const;
const asked = requested({ ...order, amount, tenders: [tender('card', amount)] }, 'simulator', 'p', now);
const held = authorized(asked, 'pi', now);
const taken = { amount, providerReference: 'ch_1', createTime: now };
const paid = settleCapture(held, taken, false, 'op', now).payment;
const common = { id: 'evt', paymentId: 'p', providerReference: 'pi' };
const captured = {
  ...common,
  type: 'captured',
  amount,
  captureReference: 'ch_1',
  keepsRemainder: false,
} as const;
const refunded: ProviderEvent = { ...common, type: 'refunded', refundReference: 're_1', amount };
const canceled: ProviderEvent = { ...common, type: 'canceled' };
const after = (event: ProviderEvent, payment = held) => settlementOf(event, payment, 'r', now)?.payment;

describe('an event of the provider', () => {
  it('books what was done there without us', () => {
    expect(after(captured)?.state).toBe('captured');
    expect(after(canceled)?.state).toBe('voided');
    expect(settlementOf(refunded, paid, 'r', now)?.booking?.kind).toBe('refund');
  });

  it('changes nothing that we know already or that is overtaken', () => {
    expect(after(captured, paid)).toBeUndefined();
    expect(after(canceled, paid)).toBeUndefined();
    expect(after({ ...common, type: 'authorized' }, paid)).toBeUndefined();
    expect(after(refunded, after(refunded, paid) ?? paid)).toBeUndefined();
  });

  it('ends a challenge, passed or failed', () => {
    const action = { redirectUrl: '/', clientSecret: 's', expireTime: now };
    const waiting = challenged(asked, 'pi', action, now);
    expect(after({ ...common, type: 'authorized' }, waiting)).toMatchObject({
      state: 'authorized',
      action: undefined,
    });
    expect(after({ ...common, type: 'declined', declineCode: 'no' }, waiting)?.state).toBe('failed');
    const reviewed = after({ ...common, type: 'authorized' }, { ...waiting, screening: 'review' });
    expect(reviewed?.state).toBe('in_review');
  });

  it('books money that came after the end, as money that has to go back', () => {
    const late = after(captured, voided(held, now));
    expect(late).toMatchObject({ state: 'captured', purpose: 'unmatched' });
    expect(late && owesRefund(late)).toBe(true);
    expect(owesRefund(paid)).toBe(false);
  });

  it('takes the captures of a payment in any order, each once', () => {
    const half = Money.of('GBP', 400);
    const second = { ...captured, amount: half, captureReference: 'ch_2', keepsRemainder: true };
    const one = after(second) ?? held;
    expect(one.state).toBe('partially_captured');
    expect(after(second, one)).toBeUndefined();
    expect(after({ ...captured, amount: Money.of('GBP', 600) }, one)?.state).toBe('captured');
  });
});
