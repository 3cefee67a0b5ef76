import type { ServiceImpl } from '@connectrpc/connect';
import type { OrderService } from '@souk/gen/souk/order/v1/order_service_pb';
import { compensateSaga, findSaga, resumeSaga } from '../app/operate-sagas.ts';
import type { OrderPorts } from '../app/ports.ts';
import type { Saga } from '../app/saga/saga.ts';
import { inspectedSagaToProto } from './to-proto.ts';

/** The RPCs by which operators look after sagas one by one. */
export function sagaHandlers(
  ports: OrderPorts,
): Pick<ServiceImpl<typeof OrderService>, 'getSaga' | 'resumeSaga' | 'compensateSaga'> {
  const show = (saga: Saga): { saga: ReturnType<typeof inspectedSagaToProto> } => ({
    saga: inspectedSagaToProto(saga, ports.sagas.stepsOf(saga)),
  });
  return {
    getSaga: async ({ sagaId }) => show(await findSaga(ports.store, sagaId)),
    resumeSaga: async ({ sagaId }) => show(await resumeSaga(ports.store, sagaId)),
    compensateSaga: async ({ sagaId, message }) => show(await compensateSaga(ports, { sagaId, message })),
  };
}
