import type { GetSalesReportRequest } from '@souk/gen/souk/analytics/v1/analytics_service_pb';
import { SalesDimension } from '@souk/gen/souk/analytics/v1/sales_report_pb';
import type { Date as DateMessage } from '@souk/gen/google/type/date_pb';
import { invalid } from '@souk/kernel';
import { type Day, dayRange } from '../domain/calendar.ts';
import type { Dimension, SalesQuery } from '../domain/sales-report.ts';

/** What a report is asked for. @throws DomainError DATE_RANGE_INVALID */
export function queryFromProto(request: GetSalesReportRequest): SalesQuery {
  const { sku, country, currency } = request;
  return {
    days: dayRange(dayFromProto(request.fromDate), dayFromProto(request.toDate)),
    groupBy: request.groupBy.map(dimensionFromProto),
    sku,
    country,
    currency,
  };
}

function dayFromProto(date: DateMessage | undefined): Day {
  const { year, month, day } = date ?? { year: 0, month: 0, day: 0 };
  return `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`;
}

const digits = (value: number, count: number): string => String(value).padStart(count, '0');

function dimensionFromProto(dimension: SalesDimension): Dimension {
  switch (dimension) {
    case SalesDimension.DAY:
      return 'day';
    case SalesDimension.SKU:
      return 'sku';
    case SalesDimension.COUNTRY:
      return 'country';
    case SalesDimension.UNSPECIFIED:
      throw invalid('VALIDATION_FAILED', 'A report cannot group by nothing in particular.', {
        field: 'group_by',
      });
  }
}
