import { invalid, newId, precondition } from '@souk/kernel';
import { refuseCardData } from '../../domain/card-data.ts';
import type { PaymentMethod } from '../../domain/payment-method.ts';
import type { OperationKey } from '../ports.ts';
import type { MethodPorts, Saving } from './ports.ts';

/**
 * Saves a means of payment: claimed durably, then kept at the provider under the claim's key, then listed.
 *
 * @throws DomainError PAYMENT_METHOD_REFUSED, PAYMENT_METHOD_LIMIT_EXCEEDED, CARD_DATA_REFUSED, PROVIDER_UNAVAILABLE,
 * REQUEST_ID_REUSED.
 */
export async function saveMethod(
  ports: MethodPorts,
  key: OperationKey,
  order: Omit<Saving, 'methodId'>,
): Promise<PaymentMethod> {
  refuseCardData({ provider_token: order.token });
  const claim = await ports.methods.beginSaving(key, { ...order, methodId: newId() });
  switch (claim.kind) {
    case 'saved':
      return claim.method;
    case 'refused':
      throw refused(claim.code);
    case 'reused':
      throw invalid('REQUEST_ID_REUSED', 'The request id was used before with another request.', {
        field: 'request_id',
      });
    case 'begun': {
      const method = await finishSaving(ports, claim.saving);
      if (typeof method === 'string') throw refused(method);
      return method;
    }
  }
}

/** Asks the provider and stores what came of it: the method, or the code of a refusal. May be repeated. */
export async function finishSaving(
  { methods, vault }: MethodPorts,
  saving: Saving,
): Promise<PaymentMethod | string> {
  const answer = await vault.attach(saving.methodId, saving.customerId, saving.token);
  if (answer.outcome === 'attached') return methods.saved(saving, answer.reference, answer.card);
  await methods.refused(saving, answer.code);
  return answer.code;
}

function refused(code: string): Error {
  return precondition('PAYMENT_METHOD_REFUSED', 'The payment provider refused the payment method.', {
    metadata: { code },
  });
}
