import type { Document } from 'mongodb';
import type { ReportPage } from '../app/ports.ts';
import { type Dimension, DIMENSIONS, type SalesQuery } from '../domain/sales-report.ts';

/** Separates the parts of a row's key; sorts before everything that a part can contain. */
const SEPARATOR = '\t';

const SUMS = ['gross', 'discount', 'refund', 'tax', 'units', 'returnedUnits'] as const;

/** Sums up the facts of a query per group and currency. */
function grouped(query: SalesQuery): Document[] {
  const { days, groupBy, sku, country, currency } = query;
  // An order has one sale fact per SKU: where SKUs are told apart these are counted, elsewhere the first of each order.
  const orders = groupBy.includes('sku') || sku !== '' ? '$skuOrders' : '$orders';
  return [
    {
      $match: {
        day: { $gte: days.from, $lte: days.to },
        ...(sku === '' ? {} : { sku }),
        ...(country === '' ? {} : { country }),
        ...(currency === '' ? {} : { currency }),
      },
    },
    {
      $group: {
        _id: {
          ...Object.fromEntries(groupBy.map((dimension) => [dimension, `$${dimension}`])),
          currency: '$currency',
        },
        ...Object.fromEntries(SUMS.map((field) => [field, { $sum: `$${field}` }])),
        orders: { $sum: orders },
      },
    },
  ];
}

/** A page of a report's rows in the order of their keys. */
export function rowsPipeline(query: SalesQuery, page: ReportPage): Document[] {
  const parts = DIMENSIONS.filter((dimension) => query.groupBy.includes(dimension));
  const key = [...parts, 'currency' as const].flatMap((part) => [`$_id.${part}`, SEPARATOR]);
  const { after } = page;
  return [
    ...(after === undefined ? [] : [{ $match: notBefore(after, parts[0]) }]),
    ...grouped(query),
    { $addFields: { key: { $concat: key } } },
    ...(after === undefined
      ? []
      : [
          {
            $match: {
              key: { $gt: [...parts, 'currency' as const].map((part) => after[part] + SEPARATOR).join('') },
            },
          },
        ]),
    { $sort: { key: 1 } },
    { $limit: page.limit },
  ];
}

/** Leaves out, before anything is summed up, facts that can only be on earlier pages. */
function notBefore(after: NonNullable<ReportPage['after']>, first: Dimension | undefined): Document {
  return first === undefined ? {} : { [first]: { $gte: after[first] } };
}

/** A report's sums per currency. */
export function totalsPipeline(query: SalesQuery): Document[] {
  return [...grouped({ ...query, groupBy: [] }), { $sort: { '_id.currency': 1 } }];
}
