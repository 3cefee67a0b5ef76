import type { ShipmentState } from './shipment-state.ts';

/** Units of one line in a shipment. */
export interface ShipmentLine {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
}

/** How a shipment can be followed; all may be empty. */
export interface Tracking {
  readonly carrier: string;
  readonly trackingNumber: string;
  readonly trackingUrl: string;
}

/** Units of an order that left one location together. Digital units "leave" from no location and arrive at once. */
export interface Shipment extends Tracking {
  readonly shipmentId: string;
  readonly orderId: string;
  readonly version: number;
  readonly state: ShipmentState;
  /** Empty for digital units, and for orders whose allocations are not known. */
  readonly locationId: string;
  readonly lines: readonly ShipmentLine[];
  readonly createTime: Date;
  readonly shipTime: Date;
  readonly deliverTime: Date | undefined;
}
