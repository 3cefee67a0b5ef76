import { type DomainError, notFound } from '@souk/kernel';
import type { PaymentMethod } from '../../domain/payment-method.ts';
import type { Forgetting, MethodPorts } from './ports.ts';

/** @throws DomainError PAYMENT_METHOD_NOT_FOUND, also for another's method. */
export async function getMethod(
  { methods }: Pick<MethodPorts, 'methods'>,
  customerId: string,
  methodId: string,
): Promise<PaymentMethod> {
  const method = await methods.find(customerId, methodId);
  if (method === undefined) throw methodNotFound();
  return method;
}

/** @throws DomainError PAYMENT_METHOD_NOT_FOUND, also for another's method. */
export async function setDefaultMethod(
  { methods }: MethodPorts,
  customerId: string,
  methodId: string,
): Promise<PaymentMethod> {
  const method = await methods.setDefault(customerId, methodId);
  if (method === undefined) throw methodNotFound();
  return method;
}

/**
 * Forgets a method: here at once; at the provider now or, if it does not answer, by the background work.
 *
 * @throws DomainError PAYMENT_METHOD_NOT_FOUND, also for another's method.
 */
export async function deleteMethod(ports: MethodPorts, customerId: string, methodId: string): Promise<void> {
  const forgetting = await ports.methods.beginForgetting(customerId, methodId);
  if (forgetting === undefined) throw methodNotFound();
  await finishForgetting(ports, forgetting).catch((err: unknown) => {
    ports.log.warn({ err, methodId }, 'a payment method is forgotten at the provider later');
  });
}

/** Tells the provider to forget. May be repeated. */
export async function finishForgetting({ methods, vault }: MethodPorts, it: Forgetting): Promise<void> {
  await vault.detach(`${it.methodId}:detach`, it.providerReference);
  await methods.forgotten(it.methodId);
}

function methodNotFound(): DomainError {
  return notFound('PAYMENT_METHOD_NOT_FOUND', 'There is no such payment method.');
}
