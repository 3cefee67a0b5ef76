import { type DomainError, notFound, precondition } from '@souk/kernel';
import type { OrderPorts, OrderStore } from './ports.ts';
import { hasEnded, type Saga } from './saga/saga.ts';

/**
 * One saga.
 *
 * @throws DomainError `SAGA_NOT_FOUND`.
 */
export async function findSaga(store: OrderStore, sagaId: string): Promise<Saga> {
  const saga = await store.findSaga(sagaId);
  if (saga === undefined) throw sagaNotFound();
  return saga;
}

/**
 * Makes a saga due now; a blocked one tries again.
 *
 * @throws DomainError `SAGA_NOT_FOUND`, `SAGA_ENDED`.
 */
export async function resumeSaga(store: OrderStore, sagaId: string): Promise<Saga> {
  const isDue = await store.makeSagaDue(sagaId);
  const saga = await findSaga(store, sagaId);
  if (!isDue) throw sagaEnded(saga);
  return saga;
}

/**
 * Turns a saga back: everything that it did, or may have done, is undone.
 *
 * @throws DomainError `SAGA_NOT_FOUND`, `SAGA_ENDED`, `SAGA_NOT_COMPENSABLE`.
 */
export async function compensateSaga(
  { store, sagas }: Pick<OrderPorts, 'store' | 'sagas'>,
  command: { readonly sagaId: string; readonly message: string },
): Promise<Saga> {
  const { sagaId, message } = command;
  return store.transaction(async (tx) => {
    const saga = await tx.lockSaga(sagaId);
    if (saga === undefined) throw sagaNotFound();
    if (hasEnded(saga)) throw sagaEnded(saga);
    const turned = sagas.turnedBack(saga, {
      reason: 'CHECKOUT_REFUSED',
      message: message === '' ? 'The shop has called this order off.' : message,
      metadata: { cause: 'OPERATOR' },
    });
    if (turned === undefined)
      throw precondition(
        'SAGA_NOT_COMPENSABLE',
        'This saga cannot be turned back, or is being undone already.',
        {
          metadata: { saga_id: sagaId, kind: saga.kind, state: saga.state },
        },
      );
    await tx.takeSaga(turned);
    return turned;
  });
}

function sagaNotFound(): DomainError {
  return notFound('SAGA_NOT_FOUND', 'There is no such saga.');
}

function sagaEnded(saga: Saga): DomainError {
  return precondition('SAGA_ENDED', `The saga is ${saga.state}.`, {
    metadata: { saga_id: saga.sagaId, state: saga.state },
  });
}
