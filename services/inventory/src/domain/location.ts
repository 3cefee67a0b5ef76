import { notFound } from '@souk/kernel';

/** A place that holds stock. */
export interface Location {
  readonly locationId: string;
  readonly name: string;
  /** Lower comes first. */
  readonly priority: number;
  /** Country (ISO 3166-1 alpha-2); empty if unknown. */
  readonly regionCode: string;
  /** Whether orders are served from it. */
  readonly isActive: boolean;
  readonly version: bigint;
}

/** How locations are chosen when several hold what is wanted. */
export type AllocationStrategy = 'priority' | 'highest-stock' | 'fewest-splits';

/** What a kit is made of: so many units of a SKU per kit. */
export interface KitComponent {
  readonly sku: string;
  readonly quantity: number;
}

/** What changes rarely and every decision needs: where stock may be, and what kits are made of. */
export interface Setup {
  readonly locations: readonly Location[];
  readonly kits: ReadonlyMap<string, readonly KitComponent[]>;
}

/** Locations that serve orders: those in the region first, then by priority. */
export function servingOrder(locations: readonly Location[], region: string): Location[] {
  const isNear = ({ regionCode }: Location): boolean => region !== '' && regionCode === region;
  return locations
    .filter(({ isActive }) => isActive)
    .sort(
      (a, b) =>
        Number(isNear(b)) - Number(isNear(a)) ||
        a.priority - b.priority ||
        (a.locationId < b.locationId ? -1 : 1),
    );
}

/**
 * Checks that a location is known.
 * @throws DomainError LOCATION_UNKNOWN
 */
export function requireLocation(setup: Setup, locationId: string): void {
  if (setup.locations.some((location) => location.locationId === locationId)) return;
  throw notFound('LOCATION_UNKNOWN', `There is no location ${locationId}.`, {
    metadata: { location_id: locationId },
  });
}
