import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { ServiceImpl } from '@connectrpc/connect';
import {
  type AnalyticsService,
  type GetSalesReportRequest,
  GetSalesReportRequestSchema,
  type GetSalesReportResponseSchema,
} from '@souk/gen/souk/analytics/v1/analytics_service_pb';
import { fingerprintOf, type PageTokens, pageSizeOf } from '@souk/rpc';
import type { AnalyticsPorts, ReportPage } from '../app/ports.ts';
import { rebuildSales } from '../app/rebuild-sales.ts';
import { queryFromProto } from './from-proto.ts';
import { figuresToProto, rowToProto } from './to-proto.ts';

const DEFAULT_PAGE = 1_000;
const LARGEST_PAGE = 5_000;

/** Analytics' RPCs. */
export function analyticsHandlers(
  ports: AnalyticsPorts,
  pageTokens: PageTokens,
): ServiceImpl<typeof AnalyticsService> {
  return {
    getSalesReport: (request) => getSalesReport(ports, pageTokens, request),

    async rebuildSales({ validateOnly }) {
      const { events, facts, differing } = await rebuildSales(ports, validateOnly);
      return { eventCount: events, factCount: facts, differingCount: differing };
    },
  };
}

async function getSalesReport(
  { facts, calendar }: AnalyticsPorts,
  pageTokens: PageTokens,
  request: GetSalesReportRequest,
): Promise<MessageInitShape<typeof GetSalesReportResponseSchema>> {
  const query = queryFromProto(request);
  const fingerprint = fingerprintOf(GetSalesReportRequestSchema, request);
  const limit = pageSizeOf(request.pageSize, DEFAULT_PAGE, LARGEST_PAGE);
  const after = cursorOf(pageTokens.decode(request.pageToken, fingerprint));
  const [rows, totals, newest] = await Promise.all([
    facts.rows(query, { after, limit: limit + 1 }),
    after === undefined ? facts.totals(query) : [],
    facts.newestTime(),
  ]);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    rows: page.map(rowToProto),
    totals: totals.map(figuresToProto),
    nextPageToken:
      rows.length > limit && last !== undefined
        ? pageTokens.encode([last.day, last.sku, last.country, last.currency], fingerprint)
        : '',
    timeZone: calendar.timeZone,
    ...(newest === undefined ? {} : { newestFactTime: timestampFromDate(newest) }),
  };
}

function cursorOf(token: readonly string[] | undefined): ReportPage['after'] {
  if (token === undefined) return undefined;
  const [day = '', sku = '', country = '', currency = ''] = token;
  return { day, sku, country, currency };
}
