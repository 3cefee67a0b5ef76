import type { Knex } from 'knex';
import type { RequestKey, ShipmentFilter } from '../app/ports.ts';
import type { Shipment, ShipmentLine } from '../domain/shipment.ts';
import type { ShipmentState } from '../domain/shipment-state.ts';

/** A row of `shipments`, with its lines gathered into it. */
export interface ShipmentRow {
  readonly shipment_id: string;
  readonly order_id: string;
  readonly version: bigint;
  readonly state: ShipmentState;
  readonly location_id: string;
  readonly carrier: string;
  readonly tracking_number: string;
  readonly tracking_url: string;
  readonly request_fingerprint: string;
  readonly create_time: Date;
  readonly ship_time: Date;
  readonly deliver_time: Date | null;
  readonly lines: readonly ShipmentLine[];
}

const LINES = `(select json_agg(json_build_object('lineId', line_id, 'sku', sku, 'quantity', quantity) order by position)
  from shipment_lines l where l.shipment_id = s.shipment_id) as lines`;

/** Shipments with their lines. */
export function shipments(db: Knex): Knex.QueryBuilder<ShipmentRow, ShipmentRow[]> {
  return db<ShipmentRow>('shipments as s').select<ShipmentRow[]>('s.*', db.raw(LINES));
}

/** A shipment from its row. */
export function toShipment(row: ShipmentRow): Shipment {
  return {
    shipmentId: row.shipment_id,
    orderId: row.order_id,
    version: Number(row.version),
    state: row.state,
    locationId: row.location_id,
    carrier: row.carrier,
    trackingNumber: row.tracking_number,
    trackingUrl: row.tracking_url,
    lines: row.lines,
    createTime: row.create_time,
    shipTime: row.ship_time,
    deliverTime: row.deliver_time ?? undefined,
  };
}

/** A page of an order's shipments, oldest first. */
export async function listShipments(db: Knex, filter: ShipmentFilter): Promise<readonly Shipment[]> {
  const query = shipments(db).where('s.order_id', filter.orderId);
  if (filter.after !== undefined) query.where('s.shipment_id', '>', filter.after);
  const rows = await query.orderBy('s.shipment_id').limit(filter.limit);
  return rows.map(toShipment);
}

/** Inserts a shipment with its lines. */
export async function insertShipment(
  trx: Knex.Transaction,
  shipment: Shipment,
  key: RequestKey,
): Promise<void> {
  const { shipmentId } = shipment;
  await trx('shipments').insert({
    shipment_id: shipmentId,
    order_id: shipment.orderId,
    ...changing(shipment),
    location_id: shipment.locationId,
    request_id: key.requestId,
    request_fingerprint: key.fingerprint,
    create_time: shipment.createTime,
    ship_time: shipment.shipTime,
  });
  await trx('shipment_lines').insert(
    shipment.lines.map(({ lineId, sku, quantity }, position) => ({
      ...{ shipment_id: shipmentId, position, sku, quantity },
      line_id: lineId,
    })),
  );
}

/** Stores a changed shipment; its lines never change. */
export async function updateShipment(trx: Knex.Transaction, shipment: Shipment): Promise<void> {
  await trx('shipments').where('shipment_id', shipment.shipmentId).update(changing(shipment));
}

function changing(shipment: Shipment): Record<string, string | number | Date | null> {
  return {
    version: shipment.version,
    state: shipment.state,
    carrier: shipment.carrier,
    tracking_number: shipment.trackingNumber,
    tracking_url: shipment.trackingUrl,
    deliver_time: shipment.deliverTime ?? null,
  };
}
