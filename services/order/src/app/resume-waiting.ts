import type { OrderPorts } from './ports.ts';

/** Carries on what waits for the payments of some orders, at once: something has happened to those payments. */
export async function resumeWaiting(
  { store, sagas }: Pick<OrderPorts, 'store' | 'sagas'>,
  orderIds: readonly string[],
): Promise<void> {
  if ((await store.makeWaitingDue(orderIds)) > 0) await sagas.recover();
}
