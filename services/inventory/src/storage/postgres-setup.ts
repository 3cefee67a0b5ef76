import { type Clock, detached } from '@souk/kernel';
import type { Sql } from '@souk/sql';
import type { SetupSource } from '../app/ports.ts';
import type { KitComponent, Location, Setup } from '../domain/location.ts';

const MAX_AGE_MS = 1_000;

/** Locations and kits, small and seldom changed: kept in memory for a second at a time. */
export function postgresSetup(sql: Sql, clock: Clock): SetupSource {
  let known: Setup | undefined;
  let readAt = 0;
  let reading: Promise<Setup> | undefined;
  const read = async (): Promise<Setup> => {
    const [row] = await sql.run<SetupRow>(SETUP, []);
    known = {
      locations: (row?.locations ?? []).map(toLocation),
      kits: new Map(Object.entries(row?.kits ?? {})),
    };
    readAt = clock.now().getTime();
    return known;
  };
  return {
    async current() {
      const isFresh = clock.now().getTime() - readAt < MAX_AGE_MS;
      if (known !== undefined && isFresh) return known;
      reading ??= detached(read).finally(() => {
        reading = undefined;
      });
      return reading;
    },
    invalidate() {
      known = undefined;
    },
  };
}

const SETUP = {
  name: 'setup',
  text: `SELECT (SELECT json_agg(locations) FROM locations) AS locations,
                (SELECT json_object_agg(kit_sku, components) FROM kits WHERE components <> '[]') AS kits`,
};

interface SetupRow {
  readonly locations: readonly LocationJson[] | null;
  readonly kits: Readonly<Record<string, readonly KitComponent[]>> | null;
}

/** A location as the database shows it in JSON. */
interface LocationJson {
  readonly location_id: string;
  readonly name: string;
  readonly priority: number;
  readonly region_code: string;
  readonly is_active: boolean;
  readonly version: number;
}

function toLocation(row: LocationJson): Location {
  return {
    locationId: row.location_id,
    name: row.name,
    priority: row.priority,
    regionCode: row.region_code,
    isActive: row.is_active,
    version: BigInt(row.version),
  };
}
