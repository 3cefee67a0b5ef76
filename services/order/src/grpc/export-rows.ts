import { create, toJsonString } from '@bufbuild/protobuf';
import { ExportFormat } from '@souk/gen/souk/order/v1/export_pb';
import { OrderSchema } from '@souk/gen/souk/order/v1/order_pb';
import type { Money } from '@souk/kernel';
import type { ListedOrder } from '../app/ports.ts';
import { csvRow } from '../domain/csv.ts';
import { orderNumberOf } from '../domain/order-number.ts';
import { listedToProto } from './to-proto.ts';

const COLUMNS = [
  'order_id',
  'order_number',
  'order_time',
  'state',
  'payment_state',
  'customer_id',
  'email',
  'region_code',
  'currency_code',
  'line_id',
  'sku',
  'title',
  'quantity',
  'unit_price',
  'list_amount',
  'discount',
  'tax',
  'total',
  'order_total',
  'order_refunded',
];

/** How an export is written: its media type, its first row if any, and its orders. */
export interface ExportWriter {
  readonly contentType: string;
  readonly header: string;
  write(listed: ListedOrder): string;
}

/** The writer of a format. */
export function exportWriter(format: ExportFormat): ExportWriter {
  if (format === ExportFormat.CSV)
    return { contentType: 'text/csv; charset=utf-8', header: csvRow(COLUMNS), write: csvOf };
  return { contentType: 'application/x-ndjson', header: '', write: jsonOf };
}

function jsonOf(listed: ListedOrder): string {
  const message = create(OrderSchema, listedToProto(listed));
  return `${toJsonString(OrderSchema, message)}\n`;
}

function csvOf({ order }: ListedOrder): string {
  const head = [
    order.orderId,
    orderNumberOf(order.orderId),
    order.orderTime.toISOString(),
    order.state,
    order.paymentState,
    order.customer.id,
    order.email,
    order.regionCode,
    order.currency,
  ];
  return order.lines
    .map((line) =>
      csvRow([
        ...head,
        line.lineId,
        line.sku,
        line.title,
        String(line.quantity),
        decimals(line.unitPrice),
        decimals(line.listAmount),
        decimals(line.discount),
        decimals(line.tax),
        decimals(line.total),
        decimals(order.totals.total),
        decimals(order.refunded),
      ]),
    )
    .join('');
}

/** The amount without its code, which has a column of its own. */
function decimals(amount: Money): string {
  return amount.toString().slice(0, -amount.currency.length - 1);
}
