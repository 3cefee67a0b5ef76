import type { MessageInitShape } from '@bufbuild/protobuf';
import type { SalesFiguresSchema, SalesReportRowSchema } from '@souk/gen/souk/analytics/v1/sales_report_pb';
import { Money } from '@souk/kernel';
import { moneyToProto } from '@souk/rpc';
import { netOf, type SalesFigures, type SalesRow } from '../domain/sales-report.ts';

/** Sums as the contract shows them. */
export function figuresToProto(figures: SalesFigures): MessageInitShape<typeof SalesFiguresSchema> {
  const { currency, units, returnedUnits, orders } = figures;
  const amount = (minor: bigint): ReturnType<typeof moneyToProto> => moneyToProto(Money.of(currency, minor));
  return {
    currency,
    gross: amount(figures.gross),
    discount: amount(figures.discount),
    refund: amount(figures.refund),
    net: amount(netOf(figures)),
    tax: amount(figures.tax),
    units,
    returnedUnits,
    orders,
  };
}

/** A row as the contract shows it. */
export function rowToProto(row: SalesRow): MessageInitShape<typeof SalesReportRowSchema> {
  const [year, month, day] = row.day.split('-').map(Number);
  return {
    ...(row.day === '' ? {} : { day: { year: year ?? 0, month: month ?? 0, day: day ?? 0 } }),
    sku: row.sku,
    country: row.country,
    figures: figuresToProto(row),
  };
}
