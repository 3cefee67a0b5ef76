import { newId, notFound } from '@souk/kernel';
import { deliver, ship } from '../domain/ship.ts';
import type { Shipment, Tracking } from '../domain/shipment.ts';
import { type ClaimedTime, effectiveTime } from './backdating.ts';
import { sameRequest } from './create-return.ts';
import { findOrder, orderNotFound, type Scope } from './find-order.ts';
import type { OrderPorts, OrderStore, RequestKey } from './ports.ts';

/** What leaves, from where, with whom. */
export interface ShipOrderCommand {
  readonly key: RequestKey;
  readonly orderId: string;
  readonly locationId: string;
  readonly tracking: Tracking;
  readonly lines: readonly { readonly lineId: string; readonly quantity: number }[];
  readonly claimed: ClaimedTime;
  /** `staff:<id>`. */
  readonly actor: string;
}

/**
 * Ships units of an order; once per request id.
 *
 * @throws DomainError the reasons of `CreateShipment` in the contract.
 */
export async function shipOrder(ports: OrderPorts, command: ShipOrderCommand): Promise<Shipment> {
  const shipTime = await effectiveTime(ports, command.claimed, 'ship_time');
  return ports.store.transaction(async (tx) => {
    const before = await tx.lockOrder(command.orderId);
    if (before === undefined) throw orderNotFound();
    const known = await tx.findShipmentByRequest(before.orderId, command.key.requestId);
    if (known !== undefined) return sameRequest(known.value, known.fingerprint, command.key);
    const held = await tx.lockAllocations(before.orderId);
    const { locationId, lines, tracking, actor } = command;
    const request = { shipmentId: newId(), locationId, lines, shipTime, ...tracking };
    const shipped = ship(before, held, request, { actor, reason: '', now: ports.clock.now() });
    await tx.saveOrder(before, shipped.order);
    await tx.saveAllocations(before.orderId, held, shipped.allocations);
    await tx.insertShipment(shipped.shipment, command.key);
    await tx.tell([{ type: 'shipped', order: shipped.order, shipment: shipped.shipment }]);
    return shipped.shipment;
  });
}

/** A shipment that has arrived. */
export interface DeliverCommand {
  readonly shipmentId: string;
  readonly claimed: ClaimedTime;
  /** `staff:<id>`. */
  readonly actor: string;
}

/**
 * States that a shipment has arrived; stating it again changes nothing.
 *
 * @throws DomainError `SHIPMENT_NOT_FOUND`, `ORDER_TIME_NOT_GRANTED`, `BACKDATING_GRANT_INVALID`.
 */
export async function deliverShipment(ports: OrderPorts, command: DeliverCommand): Promise<Shipment> {
  const { store, clock } = ports;
  const deliverTime = await effectiveTime(ports, command.claimed, 'deliver_time');
  const { orderId } = await findShipment(store, command.shipmentId, { kind: 'any' });
  return store.transaction(async (tx) => {
    const before = await tx.lockOrder(orderId);
    const shipment = await tx.findShipment(command.shipmentId);
    if (before === undefined || shipment === undefined) throw shipmentNotFound();
    const change = { actor: command.actor, reason: '', now: clock.now() };
    const delivered = deliver(before, shipment, deliverTime, change);
    if (delivered.shipment === shipment) return shipment;
    await tx.saveOrder(before, delivered.order);
    await tx.saveShipment(delivered.shipment);
    await tx.tell([{ type: 'delivered', ...delivered }]);
    return delivered.shipment;
  });
}

/**
 * Changes how a shipment can be followed.
 *
 * @throws DomainError `SHIPMENT_NOT_FOUND`.
 */
export async function updateTracking(
  { store }: OrderPorts,
  shipmentId: string,
  tracking: Partial<Tracking>,
): Promise<Shipment> {
  const { orderId } = await findShipment(store, shipmentId, { kind: 'any' });
  return store.transaction(async (tx) => {
    const before = await tx.lockOrder(orderId);
    const shipment = await tx.findShipment(shipmentId);
    if (before === undefined || shipment === undefined) throw shipmentNotFound();
    const changed = { ...shipment, ...tracking, version: shipment.version + 1 };
    await tx.saveShipment(changed);
    return changed;
  });
}

/**
 * One shipment.
 *
 * @throws DomainError `SHIPMENT_NOT_FOUND`, also when its order is another's.
 */
export async function findShipment(store: OrderStore, shipmentId: string, scope: Scope): Promise<Shipment> {
  const shipment = await store.findShipment(shipmentId);
  if (shipment === undefined) throw shipmentNotFound();
  if (scope.kind === 'any') return shipment;
  try {
    await findOrder(store, shipment.orderId, scope);
  } catch {
    throw shipmentNotFound();
  }
  return shipment;
}

function shipmentNotFound(): Error {
  return notFound('SHIPMENT_NOT_FOUND', 'There is no such shipment.');
}
