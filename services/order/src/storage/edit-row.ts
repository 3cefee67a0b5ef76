import { Money } from '@souk/kernel';
import type { Customer, Rejection } from '../domain/order.ts';
import type { EditState, OrderEdit, RemovedUnits } from '../domain/order-edit.ts';
import { type OrderLine, UNTOUCHED } from '../domain/order-line.ts';

/** A row of `order_edits`. */
export interface EditRow {
  readonly edit_id: string;
  readonly order_id: string;
  readonly customer_id: string;
  readonly customer_kind: Customer['kind'];
  readonly state: EditState;
  readonly base_version: bigint;
  readonly currency: string;
  readonly difference_minor: bigint;
  readonly content: { readonly added: readonly StoredLine[]; readonly removed: readonly StoredUnits[] };
  readonly note: string;
  readonly actor: string;
  readonly failure: Rejection | null;
  readonly return_id: string | null;
  readonly request_fingerprint: string;
  readonly confirm_request_id: string | null;
  readonly confirm_fingerprint: string | null;
  readonly create_time: Date;
  readonly expire_time: Date;
  readonly settle_time: Date | null;
}

/** Amounts are texts because JSON's numbers are not exact. */
interface StoredLine {
  readonly lineId: string;
  readonly productId: string;
  readonly sku: string;
  readonly title: string;
  readonly quantity: number;
  readonly digital: boolean;
  readonly restores?: string;
  readonly unit: string;
  readonly discount: string;
  readonly tax: string;
}

interface StoredUnits {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
  readonly net: string;
  readonly tax: string;
}

/** An edit from its row. */
export function toEdit(row: EditRow): OrderEdit {
  const money = (minor: string): Money => Money.of(row.currency, BigInt(minor));
  return {
    editId: row.edit_id,
    orderId: row.order_id,
    customer: { id: row.customer_id, kind: row.customer_kind },
    state: row.state,
    baseVersion: Number(row.base_version),
    added: row.content.added.map((line): OrderLine => {
      const { unit, discount, tax, restores, ...plain } = line;
      const listAmount = money(unit).times(line.quantity);
      const amounts = { unitPrice: money(unit), listAmount, discount: money(discount), tax: money(tax) };
      const total = listAmount.minus(amounts.discount).plus(amounts.tax);
      return {
        ...plain,
        ...UNTOUCHED,
        ...amounts,
        total,
        editId: row.edit_id,
        ...(restores !== undefined && { restores }),
      };
    }),
    removed: row.content.removed.map(({ net, tax, ...units }): RemovedUnits => {
      const refund = { net: money(net), tax: money(tax) };
      return { ...units, ...refund, total: refund.net.plus(refund.tax) };
    }),
    difference: Money.of(row.currency, row.difference_minor),
    note: row.note,
    actor: row.actor,
    createTime: row.create_time,
    expireTime: row.expire_time,
    settleTime: row.settle_time ?? undefined,
    failure: row.failure ?? undefined,
    returnId: row.return_id ?? undefined,
  };
}

/** A row for a new edit. */
export function editRow(edit: OrderEdit): Record<string, string | number | Date | null> {
  const added = edit.added.map((line): StoredLine => {
    const { lineId, productId, sku, title, quantity, digital, restores } = line;
    return {
      ...{ lineId, productId, sku, title, quantity, digital },
      ...(restores !== undefined && { restores }),
      unit: line.unitPrice.minor.toString(),
      discount: line.discount.minor.toString(),
      tax: line.tax.minor.toString(),
    };
  });
  const removed = edit.removed.map(
    ({ lineId, sku, quantity, net, tax }): StoredUnits => ({
      ...{ lineId, sku, quantity },
      net: net.minor.toString(),
      tax: tax.minor.toString(),
    }),
  );
  return {
    edit_id: edit.editId,
    order_id: edit.orderId,
    customer_id: edit.customer.id,
    customer_kind: edit.customer.kind,
    base_version: edit.baseVersion,
    currency: edit.difference.currency,
    difference_minor: edit.difference.minor.toString(),
    content: JSON.stringify({ added, removed }),
    note: edit.note,
    actor: edit.actor,
    return_id: edit.returnId ?? null,
    create_time: edit.createTime,
    expire_time: edit.expireTime,
    ...changingEdit(edit),
  };
}

/** The columns of an edit that change. */
export function changingEdit(edit: OrderEdit): Record<string, string | Date | null> {
  return {
    state: edit.state,
    failure: edit.failure === undefined ? null : JSON.stringify(edit.failure),
    settle_time: edit.settleTime ?? null,
  };
}
