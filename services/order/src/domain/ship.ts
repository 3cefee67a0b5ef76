import { aborted, invalid, newId, precondition } from '@souk/kernel';
import { type Allocation, shipFrom } from './allocation.ts';
import { fulfilmentOf } from './fulfilment.ts';
import { amend, isCheckingOut, type Order, record, SYSTEM } from './order.ts';
import { type OrderLine, unshippedOf } from './order-line.ts';
import type { Shipment, Tracking } from './shipment.ts';
import type { Change } from './state-machine.ts';

/** What is to leave together. */
export interface ShipmentRequest extends Tracking {
  readonly shipmentId: string;
  readonly locationId: string;
  readonly shipTime: Date;
  readonly lines: readonly { readonly lineId: string; readonly quantity: number }[];
}

/** An order with its allocations after units left, and the shipment they left in. */
export interface Shipped {
  readonly order: Order;
  readonly allocations: readonly Allocation[];
  readonly shipment: Shipment;
}

/**
 * Ships units of a paid order from the location that holds them.
 *
 * @throws DomainError `ORDER_IN_PROGRESS`, `ORDER_STATE_FORBIDS`, `LINE_UNKNOWN`, `SHIPMENT_QUANTITY_EXCEEDED`,
 * `LOCATION_NOT_ALLOCATED`.
 */
export function ship(
  order: Order,
  allocations: readonly Allocation[],
  request: ShipmentRequest,
  change: Change,
): Shipped {
  requireShippable(order);
  const wanted = new Map<string, number>();
  request.lines.forEach(({ lineId, quantity }, index) => {
    const line = order.lines.find((candidate) => candidate.lineId === lineId);
    if (line === undefined || line.digital || wanted.has(lineId))
      throw invalid('LINE_UNKNOWN', 'The line is not there, is digital, or comes twice.', {
        field: `lines[${index}].line_id`,
        metadata: { line_id: lineId },
      });
    const shippable = unshippedOf(line);
    if (quantity > shippable)
      throw precondition(
        'SHIPMENT_QUANTITY_EXCEEDED',
        `Only ${shippable} of ${line.title} are to be shipped.`,
        {
          metadata: { line_id: lineId, requested: String(quantity), shippable: String(shippable) },
        },
      );
    wanted.set(lineId, quantity);
  });
  let left = allocations;
  const lines = order.lines.map((line) => {
    const quantity = wanted.get(line.lineId);
    if (quantity === undefined) return line;
    left = shipFrom(left, line, quantity, request.locationId);
    return { ...line, shippedQuantity: line.shippedQuantity + quantity };
  });
  const { shipmentId } = request;
  const leaves = { subjectId: shipmentId, from: undefined, to: 'shipped' };
  const moved = record(amend(order, { lines }, change.now), 'shipment', leaves, change);
  const { carrier, trackingNumber, trackingUrl, locationId, shipTime } = request;
  const shipment: Shipment = {
    ...{ carrier, trackingNumber, trackingUrl, shipmentId, locationId, shipTime },
    orderId: order.orderId,
    version: 1,
    state: 'shipped',
    lines: linesOf(order.lines, wanted),
    createTime: change.now,
    deliverTime: undefined,
  };
  return { order: fulfilmentOf(moved, change), allocations: left, shipment };
}

/**
 * A shipment has arrived. Once it has, this changes nothing.
 *
 * @throws RangeError for a shipment of another order.
 */
export function deliver(
  order: Order,
  shipment: Shipment,
  deliverTime: Date,
  change: Change,
): { readonly order: Order; readonly shipment: Shipment } {
  if (shipment.orderId !== order.orderId) throw new RangeError('the shipment is of another order');
  if (shipment.state === 'delivered') return { order, shipment };
  const units = new Map(shipment.lines.map(({ lineId, quantity }) => [lineId, quantity]));
  const lines = order.lines.map((line) => {
    const quantity = units.get(line.lineId);
    return quantity === undefined ? line : { ...line, deliveredQuantity: line.deliveredQuantity + quantity };
  });
  const arrives = { subjectId: shipment.shipmentId, from: 'shipped', to: 'delivered' };
  const moved = record(amend(order, { lines }, change.now), 'shipment', arrives, change);
  return {
    order: fulfilmentOf(moved, change),
    shipment: { ...shipment, version: shipment.version + 1, state: 'delivered', deliverTime },
  };
}

/** Delivers a paid order's digital lines, in the same version; no shipment when it has none. */
export function deliverDigital(
  order: Order,
  now: Date,
): { readonly order: Order; readonly shipment: Shipment | undefined } {
  const wanted = new Map(
    order.lines
      .filter((line) => line.digital && unshippedOf(line) > 0)
      .map((line) => [line.lineId, unshippedOf(line)]),
  );
  if (wanted.size === 0) return { order, shipment: undefined };
  const change = { actor: SYSTEM, reason: 'digital', now };
  const lines = order.lines.map((line) => {
    const quantity = wanted.get(line.lineId) ?? 0;
    if (quantity === 0) return line;
    const { shippedQuantity, deliveredQuantity } = line;
    return {
      ...line,
      shippedQuantity: shippedQuantity + quantity,
      deliveredQuantity: deliveredQuantity + quantity,
    };
  });
  const shipmentId = newId();
  const told = record(
    { ...order, lines },
    'shipment',
    { subjectId: shipmentId, from: undefined, to: 'delivered' },
    change,
  );
  const shipment: Shipment = {
    ...{ shipmentId, carrier: '', trackingNumber: '', trackingUrl: '', locationId: '' },
    orderId: order.orderId,
    version: 1,
    state: 'delivered',
    lines: linesOf(order.lines, wanted),
    createTime: now,
    shipTime: now,
    deliverTime: now,
  };
  return { order: fulfilmentOf(told, change), shipment };
}

function requireShippable(order: Order): void {
  if (isCheckingOut(order))
    throw aborted('ORDER_IN_PROGRESS', 'The checkout of this order is not finished.', {
      retryAfterMs: 1_000,
    });
  if (order.state !== 'confirmed' && order.state !== 'partially-returned')
    throw precondition('ORDER_STATE_FORBIDS', `An order that is ${order.state} is not shipped.`, {
      metadata: { order_id: order.orderId, state: order.state },
    });
}

function linesOf(lines: readonly OrderLine[], units: ReadonlyMap<string, number>): Shipment['lines'] {
  return lines.flatMap(({ lineId, sku }) => {
    const quantity = units.get(lineId);
    return quantity === undefined ? [] : [{ lineId, sku, quantity }];
  });
}
