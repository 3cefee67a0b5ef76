import { Money } from '@souk/kernel';
import type { Knex } from 'knex';
import type { RequestKey } from '../app/ports.ts';
import type { Customer } from '../domain/order.ts';
import type { OrderReturn, ReturnLine, ReturnReason } from '../domain/order-return.ts';
import type { ReturnState } from '../domain/return-state.ts';

/** A row of `returns`, with its lines gathered into it. */
export interface ReturnRow {
  readonly return_id: string;
  readonly order_id: string;
  readonly customer_id: string;
  readonly customer_kind: Customer['kind'];
  readonly version: bigint;
  readonly state: ReturnState;
  readonly reason: ReturnReason;
  readonly note: string;
  readonly currency: string;
  readonly refund_minor: bigint;
  readonly return_time: Date;
  readonly receive_time: Date | null;
  readonly create_time: Date;
  readonly complete_time: Date | null;
  readonly decision_note: string;
  readonly request_fingerprint: string;
  readonly receipt_request_id: string | null;
  readonly receipt_fingerprint: string | null;
  readonly lines: readonly {
    readonly line_id: string;
    readonly sku: string;
    readonly quantity: number;
    readonly good_quantity: number;
    readonly damaged_quantity: number;
    readonly net: string;
    readonly tax: string;
  }[];
}

/** Gathers a return's lines as JSON. */
export const RETURN_LINES = `(select json_agg(json_build_object(
  'line_id', line_id, 'sku', sku, 'quantity', quantity, 'good_quantity', good_quantity,
  'damaged_quantity', damaged_quantity, 'net', net_minor::text, 'tax', tax_minor::text
) order by position) from return_lines l where l.return_id = r.return_id) as lines`;

/** A return from its row. */
export function toReturn(row: ReturnRow): OrderReturn {
  return {
    returnId: row.return_id,
    orderId: row.order_id,
    customer: { id: row.customer_id, kind: row.customer_kind },
    version: Number(row.version),
    state: row.state,
    reason: row.reason,
    note: row.note,
    lines: row.lines.map((line): ReturnLine => {
      const net = Money.of(row.currency, BigInt(line.net));
      const tax = Money.of(row.currency, BigInt(line.tax));
      return {
        lineId: line.line_id,
        sku: line.sku,
        quantity: line.quantity,
        goodQuantity: line.good_quantity,
        damagedQuantity: line.damaged_quantity,
        net,
        tax,
        total: net.plus(tax),
      };
    }),
    refund: Money.of(row.currency, row.refund_minor),
    returnTime: row.return_time,
    receiveTime: row.receive_time ?? undefined,
    createTime: row.create_time,
    completeTime: row.complete_time ?? undefined,
    decisionNote: row.decision_note,
  };
}

/** Inserts a return with its lines. */
export async function insertReturn(
  trx: Knex.Transaction,
  orderReturn: OrderReturn,
  key: RequestKey,
): Promise<void> {
  await trx('returns').insert({
    return_id: orderReturn.returnId,
    order_id: orderReturn.orderId,
    customer_id: orderReturn.customer.id,
    customer_kind: orderReturn.customer.kind,
    ...changing(orderReturn),
    reason: orderReturn.reason,
    note: orderReturn.note,
    currency: orderReturn.refund.currency,
    return_time: orderReturn.returnTime,
    create_time: orderReturn.createTime,
    request_id: key.requestId,
    request_fingerprint: key.fingerprint,
  });
  await trx('return_lines').insert(
    orderReturn.lines.map((line, position) => ({
      return_id: orderReturn.returnId,
      line_id: line.lineId,
      position,
      sku: line.sku,
      quantity: line.quantity,
      good_quantity: line.goodQuantity,
      damaged_quantity: line.damagedQuantity,
      net_minor: line.net.minor.toString(),
      tax_minor: line.tax.minor.toString(),
    })),
  );
}

/** Stores a changed return; its lines change with the receipt only. */
export async function updateReturn(
  trx: Knex.Transaction,
  orderReturn: OrderReturn,
  receipt: RequestKey | undefined,
): Promise<void> {
  const { returnId, lines } = orderReturn;
  const received =
    receipt === undefined
      ? {}
      : { receipt_request_id: receipt.requestId, receipt_fingerprint: receipt.fingerprint };
  await trx('returns')
    .where('return_id', returnId)
    .update({ ...changing(orderReturn), ...received });
  if (receipt === undefined) return;
  await trx.raw(
    `update return_lines set good_quantity = arrived.good, damaged_quantity = arrived.damaged,
       net_minor = arrived.net, tax_minor = arrived.tax
     from unnest(?::text[], ?::int[], ?::int[], ?::bigint[], ?::bigint[]) as arrived(id, good, damaged, net, tax)
     where return_id = ? and line_id = arrived.id`,
    [
      lines.map((line) => line.lineId),
      lines.map((line) => line.goodQuantity),
      lines.map((line) => line.damagedQuantity),
      lines.map((line) => line.net.minor.toString()),
      lines.map((line) => line.tax.minor.toString()),
      returnId,
    ],
  );
}

function changing(orderReturn: OrderReturn): Record<string, string | number | Date | null> {
  return {
    version: orderReturn.version,
    state: orderReturn.state,
    refund_minor: orderReturn.refund.minor.toString(),
    receive_time: orderReturn.receiveTime ?? null,
    complete_time: orderReturn.completeTime ?? null,
    decision_note: orderReturn.decisionNote,
  };
}
