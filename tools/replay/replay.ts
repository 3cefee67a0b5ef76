import { OrderService } from '@souk/gen/souk/order/v1/order_service_pb';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { newId } from '@souk/kernel';
import { type Edge, openEdge } from '../sample-data/edge.ts';
import { importShop } from '../sample-data/import.ts';
import { readInvoiceFile } from '../sample-data/invoice-line.ts';
import type { Platform } from '../sample-data/platform.ts';
import { SAMPLE_FILE } from '../sample-data/sample-file.ts';
import { deriveShop, extendShop, HOME_TAX, PROMOTION, type SampleShop } from '../sample-data/sample-shop.ts';
import { Books, differences } from './books.ts';
import { type Expected, expectedBooks } from './expected.ts';
import { booksOfAnalytics, booksOfOrders } from './found-books.ts';
import { Latencies } from './latencies.ts';
import { matchCredits, type MatchedCredits } from './match-credits.ts';
import {
  reconcilePayments,
  type Reconciliation,
  type Takings,
  takingsOfLedger,
  takingsOfProvider,
} from './payments.ts';
import { type Plan, planInvoices } from './plan.ts';
import { type Played, play } from './play.ts';
import type { ShopRules } from './price-order.ts';
import { type Shopper, Shoppers } from './shoppers.ts';
import { countStock, movedSince, type StockCount, topUp } from './stock.ts';
import { until } from './until.ts';

/** What is replayed where. */
export interface ReplayOptions {
  readonly platform: Platform;
  /** CSV file of invoice lines, perhaps gzipped. */
  readonly from: string;
  /** The first so many invoices and credit notes only. */
  readonly limit?: number;
  /** How many times faster than the real month; infinite by default. */
  readonly speed?: number;
  /** Customers who act at the same time. */
  readonly concurrency?: number;
  /** Has payment compare with the provider movement by movement, for which movements must be a minute old. */
  readonly settle?: boolean;
  readonly onProgress?: (message: string) => void;
  /** Told when customers begin to act, and awaited when all have: who disturbs the platform does so in between. */
  readonly onPlaying?: () => void;
  readonly onPlayed?: () => Promise<void>;
}

/** One comparison of what must be with what is. */
interface Check {
  readonly name: string;
  readonly isRight: boolean;
  /** What was compared, or how it differs. */
  readonly text: string;
  readonly details: readonly string[];
}

/** What a replay did and found. */
export interface ReplayResult {
  readonly plan: Plan;
  readonly credits: MatchedCredits;
  readonly played: Played;
  readonly expected: Expected;
  readonly analytics: Books;
  readonly orders: Books;
  readonly checks: readonly Check[];
  readonly latencies: ReturnType<Latencies['summary']>;
}

const CATCH_UP_MS = 90_000;
/** The age at which payment compares movements with the provider's, and some more. */
const SETTLING_MS = 65_000;

/** Plays a month of invoices and compares the platform's books with what the invoices say. Can be run again and again. */
export async function replay(options: ReplayOptions): Promise<ReplayResult> {
  const { platform, onProgress = () => undefined } = options;
  const latencies = new Latencies();
  const edge = openEdge(platform.edge, (method, ms) => latencies.note(method, ms));
  const shoppers = new Shoppers(edge);
  const admin = await shoppers.login(platform.admin.email, platform.admin.password);
  const run = newId();
  const startTime = new Date();

  const file = readInvoiceFile(options.from);
  const plan = planInvoices(file.lines, file.badRows, options.limit);
  const credits = matchCredits(plan.invoices);
  const shop = await openShop(options, file.lines);
  const rules = rulesOf(shop);
  const planned = expectedBooks(plan.invoices, credits.returns, rules);
  const soldUnits = unitsSold(plan);
  const skus = [...soldUnits.keys()];
  onProgress(`${plan.invoices.length} invoices and credit notes, ${skus.length} SKUs`);

  const days = { from: plan.invoices[0]?.time ?? startTime, to: plan.invoices.at(-1)?.time ?? startTime };
  const receivedUnits = await topUp(edge, admin, run, soldUnits);
  const stockBefore = await until(CATCH_UP_MS, async () => {
    const count = await countStock(edge, admin, skus);
    return [...soldUnits].every(([sku, units]) => (count.available.get(sku) ?? 0) >= units)
      ? count
      : undefined;
  });
  if (stockBefore === undefined) throw new Error('the stock that was brought in cannot be sold');
  const analyticsBefore = await booksOfAnalytics(edge, admin, days);

  const { backdatingGrant } = await edge.client(OrderService, admin.token).createBackdatingGrant({
    earliestTime: timestampFromDate(days.from),
    latestTime: timestampFromDate(days.to),
    validHours: 72,
  });
  options.onPlaying?.();
  const played = await play(plan.invoices, credits.returns, {
    edge,
    shoppers,
    admin,
    backdatingGrant,
    run,
    concurrency: options.concurrency ?? 8,
    speed: options.speed ?? Number.POSITIVE_INFINITY,
    onProgress: (done, total) => {
      if (done % 100 === 0 || done === total) onProgress(`${done} of ${total} played`);
    },
  });

  await options.onPlayed?.();
  const expected =
    played.failures.length === 0
      ? planned
      : expectedBooks(plan.invoices, credits.returns, rules, (invoiceNo) => played.orders.has(invoiceNo));
  onProgress('waiting for the books to catch up');
  let analytics = new Books();
  await until(CATCH_UP_MS, async () => {
    analytics = (await booksOfAnalytics(edge, admin, days)).since(analyticsBefore);
    return differences(expected.books, analytics).length === 0 ? true : undefined;
  });
  const orders = await booksOfOrders(edge, admin, days, played);
  const orderIds = new Set([...played.orders.values()].map(({ orderId }) => orderId));
  const stock =
    (await until(CATCH_UP_MS, async () => {
      const found = await compareStock(
        edge,
        admin,
        stockBefore,
        expected,
        new Set([...orderIds, ...played.returnIds]),
      );
      return found.availability.length + found.movements.length === 0 ? found : undefined;
    })) ??
    (await compareStock(edge, admin, stockBefore, expected, new Set([...orderIds, ...played.returnIds])));
  const ledger = await takingsOfLedger(edge, admin, orderIds);
  const { paymentProvider, paymentProviderKey } = platform;
  const provider =
    paymentProvider === undefined || paymentProviderKey === undefined
      ? undefined
      : await takingsOfProvider(paymentProvider, paymentProviderKey, ledger.references);
  let reconciliation: Reconciliation | undefined;
  if (options.settle ?? true) {
    onProgress('waiting a minute until payments are settled');
    await new Promise((resolve) => setTimeout(resolve, SETTLING_MS));
    // A comparison that cannot be made must not hide what the others found.
    reconciliation = await reconcilePayments(edge, admin, startTime).catch((error: unknown) => ({
      compared: 0,
      breaks: [String(error)],
    }));
  }

  const due = { charged: expected.charged, refunded: expected.refunded };
  const checks: Check[] = [
    listed(
      'every invoice placed, every return completed',
      played.failures.map((one) => `${one.invoiceNo}: ${one.reason}`),
    ),
    listed('analytics, by day and SKU', differences(expected.books, analytics)),
    listed('orders and returns, by day and SKU', differences(expected.books, orders)),
    listed('movements of orders and returns, by SKU', stock.movements),
    listed('units that can be sold against all movements, by SKU', stock.availability),
    listed('stock levels against their movements', stock.ledgerBreaks),
    ...takingsChecks("payment's ledger", due, ledger),
    ...(provider === undefined ? [] : takingsChecks("the provider's ledger", due, provider)),
    ...(reconciliation === undefined
      ? []
      : [listed(`payment against provider, ${reconciliation.compared} movements`, reconciliation.breaks)]),
  ];
  if (receivedUnits.size > 0) onProgress(`${receivedUnits.size} SKUs were short and brought in first`);
  return { plan, credits, played, expected, analytics, orders, checks, latencies: latencies.summary() };
}

/** The shop whose prices hold: the sample shop, and what another month has besides. */
async function openShop(
  { from, platform, onProgress }: ReplayOptions,
  lines: ReturnType<typeof readInvoiceFile>['lines'],
): Promise<SampleShop> {
  const sample = deriveShop(readInvoiceFile(SAMPLE_FILE).lines);
  if (from === SAMPLE_FILE) return sample;
  const extra = extendShop(sample, lines);
  if (extra.prices.length > 0) {
    onProgress?.(`${extra.prices.length} SKUs are new to the shop and set up first`);
    await importShop({ ...platform, shop: extra });
  }
  return { ...sample, prices: [...sample.prices, ...extra.prices] };
}

function rulesOf(shop: SampleShop): ShopRules {
  return {
    tiers: new Map(shop.prices.map(({ sku, tiers }) => [sku, tiers])),
    promotion: PROMOTION,
    taxes: new Map([[HOME_TAX.country, HOME_TAX.basisPoints]]),
  };
}

function unitsSold({ invoices }: Plan): Map<string, number> {
  const units = new Map<string, number>();
  for (const { kind, lines } of invoices) {
    if (kind !== 'order') continue;
    for (const { sku, quantity } of lines) units.set(sku, (units.get(sku) ?? 0) + quantity);
  }
  return units;
}

/** Compares stock with what the invoices took and with the movement ledger. Others may shop meanwhile. */
async function compareStock(
  edge: Edge,
  admin: Shopper,
  before: StockCount,
  expected: Expected,
  references: ReadonlySet<string>,
): Promise<{ movements: string[]; availability: string[]; ledgerBreaks: readonly string[] }> {
  const skus = [...before.available.keys()];
  const after = await countStock(edge, admin, skus);
  const moved = await movedSince(edge, admin, before.time, references);
  const differing = (right: (sku: string) => number, found: (sku: string) => number): string[] =>
    skus.flatMap((sku) => (right(sku) === found(sku) ? [] : [`${sku} ${right(sku)} ≠ ${found(sku)}`]));
  return {
    movements: differing(
      (sku) => -(expected.unitsGone.get(sku) ?? 0) || 0,
      (sku) => moved.own.get(sku) ?? 0,
    ),
    availability: differing(
      (sku) => (before.available.get(sku) ?? 0) + (moved.sellable.get(sku) ?? 0),
      (sku) => after.available.get(sku) ?? 0,
    ),
    ledgerBreaks: after.ledgerBreaks,
  };
}

function takingsChecks(where: string, due: Omit<Takings, 'references'>, found: Takings): Check[] {
  return [
    equal(`charged, by ${where} (pence)`, due.charged, found.charged),
    equal(`refunded, by ${where} (pence)`, due.refunded, found.refunded),
  ];
}

function equal(name: string, right: number, found: number): Check {
  const isRight = right === found;
  return { name, isRight, text: isRight ? String(found) : `${right} expected, ${found} found`, details: [] };
}

function listed(name: string, details: readonly string[]): Check {
  const isRight = details.length === 0;
  return { name, isRight, text: isRight ? 'no difference' : `${details.length} differences`, details };
}
