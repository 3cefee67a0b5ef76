import { type Forecast, forecast } from '../domain/forecast.ts';
import {
  type AbcClass,
  abcClasses,
  ratiosOf,
  type StockHistory,
  type StockRatios,
} from '../domain/metrics.ts';
import type { InventoryPorts } from './ports.ts';

const DAY_MS = 86_400_000;

/** How the stock of one SKU did, and what is expected of it. */
export interface StockMetrics extends StockHistory, StockRatios {
  readonly abcClass: AbcClass;
  readonly forecast: Forecast;
}

/** A page of metrics, most sold units first. */
export interface MetricsPage {
  readonly metrics: readonly StockMetrics[];
  /** Where the next page begins; undefined after the last. */
  readonly next: number | undefined;
}

/** How stock did over the last days, SKU by SKU. */
export async function stockMetrics(
  ports: InventoryPorts,
  days: number,
  start: number,
  limit: number,
): Promise<MetricsPage> {
  const since = new Date(ports.clock.now().getTime() - days * DAY_MS);
  const { histories } = ports.books;
  const all = await histories.soldSince(since);
  const classes = abcClasses(all);
  const skus = all.slice(start, start + limit).map(({ sku }) => sku);
  const [found, daily] = await Promise.all([
    histories.historiesOf(skus, since),
    histories.soldPerDay(skus, since, days),
  ]);
  const bySku = new Map(found.map((history) => [history.sku, history]));
  const metrics = skus.flatMap((sku) => {
    const history = bySku.get(sku);
    if (history === undefined) return [];
    return {
      ...history,
      ...ratiosOf(history, days),
      abcClass: classes.get(sku) ?? 'C',
      forecast: forecast(daily.get(sku) ?? []),
    };
  });
  return { metrics, next: start + limit < all.length ? start + limit : undefined };
}
