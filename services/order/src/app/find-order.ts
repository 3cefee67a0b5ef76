import { type DomainError, notFound } from '@souk/kernel';
import type { Order } from '../domain/order.ts';
import type { OrderReturn } from '../domain/order-return.ts';
import type { OrderStore } from './ports.ts';

/** Whose orders a caller may see: their own, or anyone's. */
export type Scope = { readonly kind: 'own'; readonly id: string } | { readonly kind: 'any' };

/** Another customer's order is answered like one that does not exist. */
export function orderNotFound(): DomainError {
  return notFound('ORDER_NOT_FOUND', 'There is no such order.');
}

/** Another customer's return is answered like one that does not exist. */
export function returnNotFound(): DomainError {
  return notFound('RETURN_NOT_FOUND', 'There is no such return.');
}

/** Whether a scope covers what a customer owns. */
export function covers(scope: Scope, owner: { readonly id: string }): boolean {
  return scope.kind === 'any' || scope.id === owner.id;
}

/**
 * One order with its lines and history.
 *
 * @throws DomainError `ORDER_NOT_FOUND`.
 */
export async function findOrder(store: OrderStore, orderId: string, scope: Scope): Promise<Order> {
  const order = await store.findOrder(orderId);
  if (order === undefined || !covers(scope, order.customer)) throw orderNotFound();
  return order;
}

/**
 * One return.
 *
 * @throws DomainError `RETURN_NOT_FOUND`.
 */
export async function findReturn(store: OrderStore, returnId: string, scope: Scope): Promise<OrderReturn> {
  const orderReturn = await store.findReturn(returnId);
  if (orderReturn === undefined || !covers(scope, orderReturn.customer)) throw returnNotFound();
  return orderReturn;
}
