import { type ReturnedUnits, requireSameReturn, restock } from '../domain/restock.ts';
import type { InventoryPorts } from './ports.ts';

/** What came back. */
export interface RestockReturn {
  readonly returnId: string;
  readonly orderId: string;
  /** Per SKU, in the order of SKUs. */
  readonly units: readonly ReturnedUnits[];
  readonly requestId: string;
}

/**
 * Books returned units, once per return.
 * @throws DomainError SKU_UNKNOWN, RETURN_CONFLICT, QUANTITY_LIMIT_EXCEEDED
 */
export async function restockReturn(ports: InventoryPorts, command: RestockReturn): Promise<void> {
  const { returnId, orderId, units, requestId } = command;
  await ports.books.transact(async (books) => {
    const stock = await books.lockLevels(units.map(({ sku }) => sku));
    const posted = await books.post({
      movements: restock(returnId, stock, units).map((movement) => ({ ...movement, requestId })),
      stock,
      time: ports.clock.now(),
      with: { returnId, orderId, units },
      actorId: '',
    });
    if (posted !== undefined) return;
    requireSameReturn((await books.findReturn(returnId)) ?? [], units);
  });
}
