import { type Money, newId, precondition } from '@souk/kernel';
import type { Operation, OperationKind, OperationOutcome } from '../domain/operation.ts';
import type { Payment } from '../domain/payment.ts';
import { stateInvalid } from '../domain/payment.ts';
import {
  settleAuthorization,
  settleCapture,
  settleChallenge,
  settleDecline,
  settleRefund,
  settleVoid,
  type Settlement,
} from '../domain/payment-fact.ts';
import { allows, type PaymentEvent } from '../domain/payment-state.ts';
import { captureShares, cardShare } from '../domain/tender.ts';
import type { AuthorizationAnswer, Decision, PaymentPorts, ProviderRefusal } from './ports.ts';

type Done = { readonly outcome: 'done'; readonly reference: string } | ProviderRefusal;

/**
 * Asks the provider for an operation under its own key and stores what came of it. May be repeated any number of times. If
 * no card is involved nobody is asked.
 *
 * @throws DomainError PROVIDER_UNAVAILABLE when the outcome is not known; the operation stays open then.
 */
export async function perform(
  { provider, payments, clock }: PaymentPorts,
  operation: Operation,
  payment: Payment,
): Promise<OperationOutcome> {
  const { id: key, request } = operation;
  const settle = (event: PaymentEvent, change: (current: Payment) => Settlement): Promise<OperationOutcome> =>
    payments.settle(operation, payment, (current) =>
      // Something may have been done at the provider by hand meanwhile, and be booked from its event already.
      allows(current, event) ? { settlement: change(current) } : { refusal: stateInvalid(current, event) },
    );

  switch (request.kind) {
    case 'authorize': {
      const answer = await authorize(request.paymentMethod);
      switch (answer.outcome) {
        case 'authorized':
          return settle('authorize', (it) => settleAuthorization(it, answer.reference, clock.now()));
        case 'challenged':
          return settle('challenge', (it) =>
            settleChallenge(it, answer.reference, answer.action, clock.now()),
          );
        case 'declined':
          return decline(answer.reference, answer.declineCode);
        case 'refused':
          return decline('', answer.code);
      }
    }
    case 'capture': {
      const { amount, keepRemainder } = request;
      const share = cardShare(payment.tenders, captureShares(payment.tenders, amount), amount.currency);
      const answer = await capture(share, keepRemainder);
      if (answer.outcome === 'refused') return refuse(request.kind, answer);
      return settle('capture', (it) => {
        const taken = { amount, providerReference: answer.reference, createTime: clock.now() };
        return settleCapture(it, taken, keepRemainder, key, clock.now());
      });
    }
    case 'void': {
      const answer = payment.providerReference === '' ? done('') : await provider.void(key, payment);
      if (answer.outcome === 'refused') return refuse(request.kind, answer);
      return settle('void', (it) => settleVoid(it, clock.now()));
    }
    case 'refund': {
      const { amount, shares, reason, reference } = request;
      const share = cardShare(payment.tenders, shares, amount.currency);
      const answer = share.isZero ? done(key) : await provider.refund(key, payment, share);
      if (answer.outcome === 'refused') return refuse(request.kind, answer);
      const createTime = clock.now();
      const refund = {
        id: newId(),
        amount,
        reason,
        reference,
        providerReference: answer.reference,
        createTime,
      };
      return settle('refund', (it) => settleRefund(it, refund, createTime, shares));
    }
  }

  async function authorize(paymentMethod: string): Promise<AuthorizationAnswer> {
    if (payment.screening === 'decline')
      return { outcome: 'declined', reference: '', declineCode: 'suspected_fraud' };
    const card = payment.tenders.find(({ kind }) => kind === 'card');
    if (card === undefined) return { outcome: 'authorized', reference: '' };
    return provider.authorize(key, payment, card.amount, paymentMethod);
  }

  async function capture(share: Money, keepRemainder: boolean): Promise<Done> {
    if (!share.isZero) return provider.capture(key, payment, share, keepRemainder);
    // Whatever the card still holds is given up with the last capture.
    if (keepRemainder || payment.providerReference === '') return done('');
    const released = await provider.void(key, payment);
    return released.outcome === 'refused' ? released : done('');
  }

  function refuse(kind: OperationKind, { code }: ProviderRefusal): Promise<OperationOutcome> {
    return payments.settle(operation, payment, (current) => ({
      refusal: precondition('PAYMENT_STATE_INVALID', `The provider refused to ${kind}.`, {
        metadata: { payment_id: current.id, state: current.state.toUpperCase(), provider_code: code },
      }),
    }));
  }

  function decline(reference: string, code: string): Promise<OperationOutcome> {
    return payments.settle(
      operation,
      payment,
      (current): Decision => ({
        settlement: settleDecline(current, reference, code, clock.now()),
        refusal: precondition('PAYMENT_DECLINED', 'The payment provider declined.', {
          metadata: { payment_id: current.id, decline_code: code },
        }),
      }),
    );
  }
}

function done(reference: string): { readonly outcome: 'done'; readonly reference: string } {
  return { outcome: 'done', reference };
}
