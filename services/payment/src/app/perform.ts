import { newId, precondition } from '@souk/kernel';
import type { Operation, OperationKind, OperationOutcome } from '../domain/operation.ts';
import { allows, type Payment, type PaymentEvent, stateInvalid } from '../domain/payment.ts';
import {
  settleAuthorization,
  settleCapture,
  settleDecline,
  settleRefund,
  settleVoid,
  type Settlement,
} from '../domain/payment-fact.ts';
import type { Decision, PaymentPorts, ProviderRefusal } from './ports.ts';

/**
 * Asks the provider for an operation under its own key and stores what came of it. May be repeated any number of times.
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
    payments.settle(operation, (current) =>
      // Something may have been done at the provider by hand meanwhile, and be booked from its event already.
      allows(current, event) ? { settlement: change(current) } : { refusal: stateInvalid(current, event) },
    );

  switch (request.kind) {
    case 'authorize': {
      const answer = await provider.authorize(key, payment, request.paymentMethod);
      if (answer.outcome === 'authorized')
        return settle('authorize', (it) => settleAuthorization(it, answer.reference, clock.now()));
      const declined = answer.outcome === 'declined';
      const [reference, code] = declined ? [answer.reference, answer.declineCode] : ['', answer.code];
      return payments.settle(operation, (it) => decline(it, reference, code, clock.now()));
    }
    case 'capture': {
      const answer = await provider.capture(key, payment, request.amount);
      if (answer.outcome === 'refused') return refuse(request.kind, answer);
      return settle('capture', (it) => settleCapture(it, request.amount, clock.now()));
    }
    case 'void': {
      const answer = await provider.void(key, payment);
      if (answer.outcome === 'refused') return refuse(request.kind, answer);
      return settle('void', (it) => settleVoid(it, clock.now()));
    }
    case 'refund': {
      const answer = await provider.refund(key, payment, request.amount);
      if (answer.outcome === 'refused') return refuse(request.kind, answer);
      const { amount, reason, reference } = request;
      const createTime = clock.now();
      const refund = {
        id: newId(),
        amount,
        reason,
        reference,
        providerReference: answer.reference,
        createTime,
      };
      return settle('refund', (it) => settleRefund(it, refund, createTime));
    }
  }

  function refuse(kind: OperationKind, { code }: ProviderRefusal): Promise<OperationOutcome> {
    return payments.settle(operation, (current) => ({
      refusal: precondition('PAYMENT_STATE_INVALID', `The provider refused to ${kind}.`, {
        metadata: { payment_id: current.id, state: current.state.toUpperCase(), provider_code: code },
      }),
    }));
  }
}

function decline(payment: Payment, reference: string, code: string, now: Date): Decision {
  return {
    settlement: settleDecline(payment, reference, code, now),
    refusal: precondition('PAYMENT_DECLINED', 'The payment provider declined.', {
      metadata: { payment_id: payment.id, decline_code: code },
    }),
  };
}
