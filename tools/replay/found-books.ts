import { timestampDate, timestampFromDate } from '@bufbuild/protobuf/wkt';
import { AnalyticsService } from '@souk/gen/souk/analytics/v1/analytics_service_pb';
import { SalesDimension, type SalesReportRow } from '@souk/gen/souk/analytics/v1/sales_report_pb';
import { OrderService, OrderView } from '@souk/gen/souk/order/v1/order_service_pb';
import type { Edge } from '../sample-data/edge.ts';
import { penceOfMoney } from '../sample-data/pounds.ts';
import { Books, dayOf } from './books.ts';
import type { Played } from './play.ts';
import type { Shopper } from './shoppers.ts';

/** The days of a replay, both included. */
export interface Days {
  readonly from: Date;
  readonly to: Date;
}

/** What analytics reports for the days, over everything that was ever sold on them. */
export async function booksOfAnalytics(edge: Edge, admin: Shopper, days: Days): Promise<Books> {
  const books = new Books();
  for await (const { day, sku, figures } of salesRows(edge, admin, days, [
    SalesDimension.DAY,
    SalesDimension.SKU,
  ])) {
    if (figures?.currency !== 'GBP') continue;
    books.add(textOf(day), sku, {
      orders: Number(figures.orders),
      units: Number(figures.units),
      returnedUnits: Number(figures.returnedUnits),
      gross: penceOfMoney(figures.gross),
      discount: penceOfMoney(figures.discount),
      refund: penceOfMoney(figures.refund),
      net: penceOfMoney(figures.net),
      tax: penceOfMoney(figures.tax),
    });
  }
  for await (const { day, figures } of salesRows(edge, admin, days, [SalesDimension.DAY])) {
    if (figures?.currency === 'GBP') books.countOrder(textOf(day), Number(figures.orders));
  }
  return books;
}

async function* salesRows(
  edge: Edge,
  admin: Shopper,
  { from, to }: Days,
  groupBy: SalesDimension[],
): AsyncGenerator<SalesReportRow> {
  const analytics = edge.client(AnalyticsService, admin.token);
  let pageToken = '';
  do {
    const page = await analytics.getSalesReport({
      fromDate: dateOf(from),
      toDate: dateOf(to),
      groupBy,
      pageSize: 5_000,
      pageToken,
    });
    yield* page.rows;
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
}

/** What order itself knows of the orders and returns of a replay. */
export async function booksOfOrders(edge: Edge, admin: Shopper, days: Days, played: Played): Promise<Books> {
  const books = new Books();
  const orders = edge.client(OrderService, admin.token);
  const mine = new Set([...played.orders.values()].map(({ orderId }) => orderId));
  const startTime = timestampFromDate(new Date(dayOf(days.from)));
  const endTime = timestampFromDate(new Date(new Date(dayOf(days.to)).getTime() + 86_400_000));
  let pageToken = '';
  do {
    const page = await orders.listOrders({
      pageSize: 100,
      pageToken,
      startTime,
      endTime,
      view: OrderView.FULL,
    });
    for (const order of page.orders) {
      if (!mine.has(order.orderId) || order.orderTime === undefined) continue;
      const day = dayOf(timestampDate(order.orderTime));
      books.countOrder(day);
      for (const line of order.lines) {
        books.sell(day, line.sku, {
          quantity: line.quantity,
          gross: penceOfMoney(line.listAmount),
          discount: penceOfMoney(line.discount),
          tax: penceOfMoney(line.tax),
        });
      }
    }
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  do {
    const page = await orders.listReturns({ pageSize: 100, pageToken });
    for (const { returnId, receiveTime, lines } of page.orderReturns) {
      if (!played.returnIds.has(returnId) || receiveTime === undefined) continue;
      for (const line of lines) {
        books.takeBack(dayOf(timestampDate(receiveTime)), line.sku, {
          quantity: line.goodQuantity + line.damagedQuantity,
          net: penceOfMoney(line.net),
          tax: penceOfMoney(line.tax),
        });
      }
    }
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  return books;
}

function dateOf(time: Date): { year: number; month: number; day: number } {
  return { year: time.getUTCFullYear(), month: time.getUTCMonth() + 1, day: time.getUTCDate() };
}

function textOf(date: { year: number; month: number; day: number } | undefined): string {
  if (date === undefined) return '';
  return `${date.year}-${String(date.month).padStart(2, '0')}-${String(date.day).padStart(2, '0')}`;
}
