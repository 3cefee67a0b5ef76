import { type Money, newId, pause } from '@souk/kernel';
import { bookCapture } from '../domain/ledger.ts';
import { type Payment, requested } from '../domain/payment.ts';
import type { Settlement } from '../domain/payment-fact.ts';
import { owesRefund, type ProviderEvent, settlementOf } from '../domain/provider-event.ts';
import { tender } from '../domain/tender.ts';
import type { PaymentPorts } from './ports.ts';
import { refreshPayment } from './refresh-payment.ts';
import { resumeOrderRefunds } from './refund-order.ts';
import { refundPayment } from './refund-payment.ts';
import { voidPayment } from './void-payment.ts';

const BATCH = 200;
const FEW = 20;
const PAUSE_MS = 1_000;
const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * Does what nobody asks for, until the service stops: applies what providers told, gives back money that belongs to no
 * order, ends challenges that ran out, and goes on with refunds of orders. Events are applied apart from their reception, so
 * that one that overtakes the reply of our own call finds that call's result first.
 *
 * @param strayAfterMs how long an event may wait for its payment before it counts as a stray.
 */
export async function keepTending(
  ports: PaymentPorts,
  strayAfterMs: number,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const applied = await ports.events.applyPending(BATCH, (event, payment) =>
      settlementOf(event, payment, newId(), ports.clock.now()),
    );
    await adoptStrays(ports, strayAfterMs);
    await settleDue(ports);
    await resumeOrderRefunds(ports, FEW);
    if (applied < BATCH) await pause(PAUSE_MS, signal);
  }
}

/** Takes money that belongs to no payment of ours into the books, so that it can be given back. */
async function adoptStrays(
  { events, payments, provider, clock, log }: PaymentPorts,
  strayAfterMs: number,
): Promise<void> {
  const before = new Date(clock.now().getTime() - strayAfterMs);
  for (const event of await events.listStrays(provider.name, before, FEW)) {
    if (event.type === 'captured') {
      const isNew = await payments.adopt(adoption(event, provider.name, clock.now()));
      log.warn(
        { eventId: event.id, reference: event.providerReference, isNew },
        'money that belongs to no order',
      );
    }
    await events.markDone(provider.name, event.id);
  }
}

/** What the provider took, as a payment of its own. */
function adoption(event: ProviderEvent & { type: 'captured' }, provider: string, now: Date): Settlement {
  const { amount, captureReference, providerReference } = event;
  const order = { orderId: NOBODY, customerId: NOBODY, purpose: 'unmatched', reference: '' } as const;
  const asked = requested({ ...order, amount, tenders: [tender('card', amount)] }, provider, newId(), now);
  const capture = { amount, providerReference: captureReference, createTime: now };
  const payment: Payment = {
    ...asked,
    state: 'captured',
    providerReference,
    captured: amount,
    tenders: asked.tenders.map((it) => ({ ...it, captured: amount })),
    captures: [capture],
  };
  const booking = bookCapture(payment, [{ position: 0, amount }], captureReference, payment.id);
  return { payment, facts: [], movements: [], booking };
}

async function settleDue(ports: PaymentPorts): Promise<void> {
  for (const payment of await ports.payments.listDue(ports.clock.now(), FEW)) {
    try {
      if (owesRefund(payment)) await giveBack(ports, payment);
      else await endChallenge(ports, payment);
    } catch (err) {
      ports.log.warn({ err, paymentId: payment.id }, 'a payment that is due is not settled yet');
    }
  }
}

/** Once: the payment's own id is the refund's request id. */
async function giveBack(ports: PaymentPorts, payment: Payment): Promise<void> {
  const amount: Money = payment.captured.minus(payment.refunded);
  const order = { paymentId: payment.id, amount, reason: 'belongs to no order', reference: '' };
  await refundPayment(ports, { requestId: payment.id, fingerprint: 'unmatched' }, order);
  ports.log.warn(
    { paymentId: payment.id, amount: amount.toString() },
    'money that belongs to no order went back',
  );
}

/** The payer may have passed the challenge in the last moment; else nothing stays open at the provider. */
async function endChallenge(ports: PaymentPorts, payment: Payment): Promise<void> {
  const { state } = await refreshPayment(ports, payment.id);
  if (state !== 'requires_action') return;
  await voidPayment(ports, { requestId: payment.id, fingerprint: 'expired' }, { paymentId: payment.id });
}
