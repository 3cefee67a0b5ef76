import type { Client } from '@connectrpc/connect';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AnalyticsService } from '@souk/gen/souk/analytics/v1/analytics_service_pb';
import {
  SalesDimension,
  type SalesFigures,
  type SalesReportRow,
} from '@souk/gen/souk/analytics/v1/sales_report_pb';
import { newId } from '@souk/kernel';
import { errorInfoOf, moneyFromProto } from '@souk/rpc';
import { eventually, startTestService, type TestService } from '@souk/testing';
import { MongoClient } from 'mongodb';
import { service } from '../src/service.ts';
import { type OrderLog, orderLog } from './order-log.ts';

const { DAY, SKU, COUNTRY } = SalesDimension;

function plain(figures: SalesFigures | undefined): Record<string, string | bigint> {
  const minor = (amount: SalesFigures['gross']): bigint => moneyFromProto(amount, 'amount').minor;
  if (figures === undefined) return {};
  const { currency, gross, discount, refund, net, tax, units, returnedUnits, orders } = figures;
  return {
    currency,
    gross: minor(gross),
    discount: minor(discount),
    refund: minor(refund),
    net: minor(net),
    tax: minor(tax),
    units,
    returnedUnits,
    orders,
  };
}

const keyOf = (row: SalesReportRow): string =>
  [row.day === undefined ? '' : `${row.day.month}/${row.day.day}`, row.sku, row.country]
    .filter(Boolean)
    .join(' ');

describe('the sales report', () => {
  let analytics: TestService;
  let client: Client<typeof AnalyticsService>;
  let log: OrderLog;
  const [first, second, third] = [newId(), newId(), newId()];
  const december = {
    fromDate: { year: 2011, month: 12, day: 1 },
    toDate: { year: 2011, month: 12, day: 31 },
  };

  beforeAll(async () => {
    analytics = await startTestService(service, { env: { SOUK_ANALYTICS_TIME_ZONE: 'Europe/Athens' } });
    client = analytics.client(AnalyticsService, {
      principal: {
        kind: 'user',
        id: newId(),
        roles: ['admin'],
        permissions: ['analytics.reports.read', 'analytics.reports.write'],
      },
    });
    log = orderLog(analytics);
    const sale = log.sale({
      orderId: first,
      time: '2011-12-01T10:00:00Z',
      lines: [
        { sku: 'A', quantity: 2, amount: 1000n, discount: 100n, tax: 180n },
        { sku: 'A', quantity: 1, amount: 500n, tax: 100n },
        { sku: 'B', quantity: 1, amount: 333n, tax: 67n },
      ],
    });
    const late = log.sale({
      orderId: second,
      // In Athens it is the next day already.
      time: '2011-12-01T22:30:00Z',
      country: 'FR',
      lines: [{ sku: 'B', quantity: 3, amount: 999n, tax: 200n }],
    });
    const foreign = log.sale({
      orderId: third,
      time: '2011-12-03T10:00:00Z',
      currency: 'JPY',
      country: 'JP',
      lines: [{ sku: 'B', quantity: 1, amount: 450n }],
    });
    const back = log.returned({
      orderId: first,
      time: '2011-12-05T08:00:00Z',
      lines: [{ sku: 'A', quantity: 1, amount: 450n, tax: 90n }],
    });
    const cancelled = log.cancellation({
      orderId: second,
      time: '2011-12-06T08:00:00Z',
      country: 'FR',
      lines: [{ sku: 'B', quantity: 2, amount: 666n, tax: 133n }],
    });
    const partly = log.linesCancelled({
      orderId: second,
      time: '2011-12-06T07:00:00Z',
      country: 'FR',
      lines: [{ sku: 'B', quantity: 1, amount: 333n, tax: 67n }],
    });
    // Out of order, and one of them three times.
    await log.kafka.publish([back, late, sale, foreign, sale]);
    await log.kafka.publish([sale, partly, cancelled]);
    await eventually(async () => {
      const { totals } = await client.getSalesReport(december);
      expect(totals.reduce((sum, { units, returnedUnits }) => sum + units + returnedUnits, 0n)).toBe(12n);
    });
  });
  afterAll(async () => {
    await log.kafka.close();
    await analytics.stop();
  });

  it('counts every event once, refunds apart, currencies apart', async () => {
    const { totals, timeZone, newestFactTime } = await client.getSalesReport(december);
    expect(timeZone).toBe('Europe/Athens');
    expect(newestFactTime).toBeDefined();
    expect(totals.map(plain)).toEqual([
      {
        currency: 'GBP',
        gross: 2832n,
        discount: 100n,
        refund: 1449n,
        net: 1283n,
        tax: 257n,
        units: 7n,
        returnedUnits: 4n,
        orders: 2n,
      },
      expect.objectContaining({ currency: 'JPY', gross: 450n, net: 450n, orders: 1n }),
    ]);
  });

  it("puts sales on the day of the order, refunds on the day of the return, in the merchant's zone", async () => {
    const { rows } = await client.getSalesReport({ ...december, groupBy: [DAY], currency: 'GBP' });
    expect(
      rows.map((row) => [keyOf(row), plain(row.figures)['gross'], plain(row.figures)['refund']]),
    ).toEqual([
      ['12/1', 1833n, 0n],
      ['12/2', 999n, 0n],
      ['12/5', 0n, 450n],
      ['12/6', 0n, 999n],
    ]);
  });

  it('groups by SKU and country, pages, and filters', async () => {
    const keys: string[] = [];
    for (let pageToken = ''; ; ) {
      const page = await client.getSalesReport({
        ...december,
        groupBy: [COUNTRY, SKU],
        pageSize: 1,
        pageToken,
      });
      keys.push(...page.rows.map((row) => `${keyOf(row)} ${String(row.figures?.orders)}`));
      pageToken = page.nextPageToken;
      if (pageToken === '') break;
    }
    expect(keys).toEqual(['A GB 1', 'B FR 1', 'B GB 1', 'B JP 1']);
    const { totals } = await client.getSalesReport({ ...december, sku: 'B', country: 'GB' });
    expect(totals.map(plain)).toEqual([expect.objectContaining({ gross: 333n, orders: 1n, units: 1n })]);
  });

  it('refuses days that do not exist and ranges that end before they begin', async () => {
    const reasonOf = async (call: Promise<unknown>): Promise<string | undefined> =>
      errorInfoOf(await call.catch((error: unknown) => error))?.reason;
    expect(
      await reasonOf(client.getSalesReport({ ...december, fromDate: { year: 2011, month: 2, day: 30 } })),
    ).toBe('DATE_RANGE_INVALID');
    expect(
      await reasonOf(client.getSalesReport({ ...december, fromDate: { year: 2012, month: 1, day: 1 } })),
    ).toBe('DATE_RANGE_INVALID');
    expect(await reasonOf(client.getSalesReport({}))).toBe('VALIDATION_FAILED');
  });

  it('is rebuilt from the topic, equal to what was live', async () => {
    const before = await client.getSalesReport({ ...december, groupBy: [DAY, SKU, COUNTRY] });
    const clean = await client.rebuildSales({ validateOnly: true });
    expect(clean).toMatchObject({ eventCount: 8n, factCount: 7n, differingCount: 0n });
    const mongo = new MongoClient(analytics.engines.mongodb);
    try {
      const facts = mongo.db(`${analytics.namespace}_analytics`).collection<{ _id: string }>('sales_facts');
      await facts.deleteOne({ sku: 'A' });
      await facts.updateOne({ sku: 'B', country: 'FR' }, { $set: { gross: 1n } });
      await facts.insertOne({ _id: 'made up', day: '2011-12-09', ingestTime: new Date(0) } as {
        _id: string;
      });
    } finally {
      await mongo.close();
    }
    expect((await client.rebuildSales({ validateOnly: true })).differingCount).toBe(3n);
    expect((await client.rebuildSales({})).differingCount).toBe(3n);
    expect((await client.rebuildSales({ validateOnly: true })).differingCount).toBe(0n);
    await expect(client.getSalesReport({ ...december, groupBy: [DAY, SKU, COUNTRY] })).resolves.toEqual(
      before,
    );
  });
});
