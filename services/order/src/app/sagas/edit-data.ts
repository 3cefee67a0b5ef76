import type { Allocation } from '../../domain/allocation.ts';
import type { Order } from '../../domain/order.ts';
import type { OrderEdit } from '../../domain/order-edit.ts';
import type { LineUnits } from '../ports.ts';
import { readData, type StoredMoney, toStored } from './saga-data.ts';

/** What the application of an edit knows. */
export interface EditData {
  readonly editId: string;
  readonly orderId: string;
  readonly customerId: string;
  readonly regionCode: string;
  /** The difference: to pay when positive. */
  readonly amount: StoredMoney;
  /** Units to add. */
  readonly lines: readonly LineUnits[];
  readonly allocations: readonly Allocation[];
  readonly paymentMethod: string;
  readonly paymentId: string;
}

/** The data of an edit that begins. */
export function editData(order: Order, edit: OrderEdit, paymentMethod: string): EditData {
  return {
    editId: edit.editId,
    orderId: order.orderId,
    customerId: order.customer.id,
    regionCode: order.regionCode,
    amount: toStored(edit.difference),
    lines: edit.added.map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity })),
    allocations: [],
    paymentMethod,
    paymentId: '',
  };
}

/** Reads stored data. */
export function decodeEdit(stored: unknown): EditData {
  const data = readData(stored);
  return {
    editId: data.text('editId'),
    orderId: data.text('orderId'),
    customerId: data.text('customerId'),
    regionCode: data.text('regionCode'),
    amount: data.money('amount'),
    lines: data.list('lines', (line) => ({
      lineId: line.text('lineId'),
      sku: line.text('sku'),
      quantity: line.count('quantity'),
    })),
    allocations: data.list('allocations', (allocation) => ({
      lineId: allocation.text('lineId'),
      sku: allocation.text('sku'),
      locationId: allocation.text('locationId'),
      quantity: allocation.count('quantity'),
      shippedQuantity: allocation.count('shippedQuantity'),
      cancelledQuantity: allocation.count('cancelledQuantity'),
    })),
    paymentMethod: data.text('paymentMethod'),
    paymentId: data.text('paymentId'),
  };
}
