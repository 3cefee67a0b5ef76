import { notFound, precondition } from '@souk/kernel';
import type { OrderStore } from './ports.ts';
import type { Saga } from './saga/saga.ts';

/**
 * Makes a saga due now.
 *
 * @throws DomainError `SAGA_NOT_FOUND`, `SAGA_ENDED`.
 */
export async function resumeSaga(store: OrderStore, sagaId: string): Promise<Saga> {
  const isDue = await store.makeSagaDue(sagaId);
  const saga = await store.findSaga(sagaId);
  if (saga === undefined) throw notFound('SAGA_NOT_FOUND', 'There is no such saga.');
  if (!isDue)
    throw precondition('SAGA_ENDED', `The saga is ${saga.state}.`, {
      metadata: { saga_id: sagaId, state: saga.state },
    });
  return saga;
}
