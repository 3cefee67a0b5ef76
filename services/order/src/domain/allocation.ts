import { precondition } from '@souk/kernel';
import type { OrderLine } from './order-line.ts';

/** Units that one location holds for a line of an order; only from there they may be shipped. */
export interface Allocation {
  readonly lineId: string;
  /** The line's variant or, for a kit, one of its components. */
  readonly sku: string;
  readonly locationId: string;
  readonly quantity: number;
  readonly shippedQuantity: number;
  readonly cancelledQuantity: number;
}

/** Units of a SKU at a location. */
export interface LocatedUnits {
  readonly sku: string;
  readonly locationId: string;
  readonly quantity: number;
}

/**
 * The allocations after `units` of a line left `locationId`. A line of a kit needs all its components there.
 *
 * @throws DomainError `LOCATION_NOT_ALLOCATED` when the location does not hold as many.
 */
export function shipFrom(
  allocations: readonly Allocation[],
  line: OrderLine,
  units: number,
  locationId: string,
): readonly Allocation[] {
  const own = allocations.filter((allocation) => allocation.lineId === line.lineId);
  // Orders of before allocations were told cannot be checked.
  if (own.length === 0) return allocations;
  const perUnit = componentsOf(line, own);
  const held = Math.min(
    ...[...perUnit].map(([sku, count]) =>
      Math.floor(openOf(own.filter((at) => at.sku === sku && at.locationId === locationId)) / count),
    ),
  );
  if (units > held)
    throw precondition(
      'LOCATION_NOT_ALLOCATED',
      `${locationId === '' ? 'No location' : locationId} holds ${held} of ${line.title} for this order.`,
      {
        metadata: {
          line_id: line.lineId,
          location_id: locationId,
          requested: String(units),
          held: String(held),
        },
      },
    );
  return take(allocations, line, units, perUnit, locationId, 'shippedQuantity').allocations;
}

/** The allocations after `units` of a line were cancelled, and where these units go back to. */
export function cancelFrom(
  allocations: readonly Allocation[],
  line: OrderLine,
  units: number,
): { readonly allocations: readonly Allocation[]; readonly back: readonly LocatedUnits[] } {
  const own = allocations.filter((allocation) => allocation.lineId === line.lineId);
  if (own.length === 0) return { allocations, back: [{ sku: line.sku, locationId: '', quantity: units }] };
  return take(allocations, line, units, componentsOf(line, own), undefined, 'cancelledQuantity');
}

/** How many of each SKU one unit of a line is made of: one of its own, or a kit's components. */
function componentsOf(line: OrderLine, own: readonly Allocation[]): ReadonlyMap<string, number> {
  const totals = new Map<string, number>();
  for (const { sku, quantity } of own) totals.set(sku, (totals.get(sku) ?? 0) + quantity);
  return new Map([...totals].map(([sku, total]) => [sku, Math.max(1, Math.round(total / line.quantity))]));
}

function openOf(allocations: readonly Allocation[]): number {
  return allocations.reduce((sum, at) => sum + at.quantity - at.shippedQuantity - at.cancelledQuantity, 0);
}

function take(
  allocations: readonly Allocation[],
  line: OrderLine,
  units: number,
  perUnit: ReadonlyMap<string, number>,
  locationId: string | undefined,
  field: 'shippedQuantity' | 'cancelledQuantity',
): { readonly allocations: readonly Allocation[]; readonly back: readonly LocatedUnits[] } {
  const left = new Map([...perUnit].map(([sku, count]) => [sku, count * units]));
  const back: LocatedUnits[] = [];
  const next = allocations.map((at) => {
    const isMeant = at.lineId === line.lineId && (locationId === undefined || at.locationId === locationId);
    const quantity = isMeant ? Math.min(openOf([at]), left.get(at.sku) ?? 0) : 0;
    if (quantity === 0) return at;
    left.set(at.sku, (left.get(at.sku) ?? 0) - quantity);
    back.push({ sku: at.sku, locationId: at.locationId, quantity });
    return { ...at, [field]: at[field] + quantity };
  });
  return { allocations: next, back };
}
