import type { Knex } from 'knex';
import type { Allocation } from '../domain/allocation.ts';

interface AllocationRow {
  readonly position: number;
  readonly line_id: string;
  readonly sku: string;
  readonly location_id: string;
  readonly quantity: number;
  readonly shipped_quantity: number;
  readonly cancelled_quantity: number;
}

/** Rows of `order_allocations`. */
export function allocationRows(orderId: string, allocations: readonly Allocation[]): readonly object[] {
  return allocations.map((allocation, position) => ({
    order_id: orderId,
    position,
    line_id: allocation.lineId,
    sku: allocation.sku,
    location_id: allocation.locationId,
    quantity: allocation.quantity,
    shipped_quantity: allocation.shippedQuantity,
    cancelled_quantity: allocation.cancelledQuantity,
  }));
}

/** Which location holds what of an order, in the order they were told. */
export async function readAllocations(db: Knex, orderId: string): Promise<readonly Allocation[]> {
  const rows = await db<AllocationRow>('order_allocations')
    .select<AllocationRow[]>('*')
    .where('order_id', orderId)
    .orderBy('position');
  return rows.map((row) => ({
    lineId: row.line_id,
    sku: row.sku,
    locationId: row.location_id,
    quantity: row.quantity,
    shippedQuantity: row.shipped_quantity,
    cancelledQuantity: row.cancelled_quantity,
  }));
}

/** Stores what changed between two states of a locked order's allocations. */
export async function updateAllocations(
  trx: Knex.Transaction,
  orderId: string,
  before: readonly Allocation[],
  after: readonly Allocation[],
): Promise<void> {
  const rows = allocationRows(orderId, after).filter((_, position) => after[position] !== before[position]);
  if (rows.length === 0) return;
  await trx.raw(
    `update order_allocations a set shipped_quantity = n.shipped_quantity, cancelled_quantity = n.cancelled_quantity
     from json_populate_recordset(null::order_allocations, ?::json) n
     where a.order_id = ? and a.position = n.position`,
    [JSON.stringify(rows), orderId],
  );
}
