import { randomUUID } from 'node:crypto';
import { fromBinary } from '@bufbuild/protobuf';
import { timestampFromDate, timestampFromMs } from '@bufbuild/protobuf/wkt';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CatalogService } from '@souk/gen/souk/catalog/v1/catalog_service_pb';
import { type PriceChanged, PriceChangedSchema } from '@souk/gen/souk/pricing/events/v1/pricing_events_pb';
import { PricingService, type QuoteLinesResponse } from '@souk/gen/souk/pricing/v1/pricing_service_pb';
import { QuoteSchema } from '@souk/gen/souk/pricing/v1/quote_pb';
import { Money, systemClock } from '@souk/kernel';
import { connectKafka, type KafkaBroker, on } from '@souk/messaging';
import { errorInfoOf, implement, moneyFromProto, moneyToProto } from '@souk/rpc';
import { eventually, startTestService, type TestService } from '@souk/testing';
import { decodeJwt } from 'jose';
import { pricing } from '../src/service.ts';

const gbp = (minor: number): ReturnType<typeof moneyToProto> => moneyToProto(Money.of('GBP', minor));
const minorOf = (money: Parameters<typeof moneyFromProto>[0]): number =>
  Number(moneyFromProto(money, 'money').minor);
const ignore = (): void => undefined;
const day = (text: string): ReturnType<typeof timestampFromDate> => timestampFromDate(new Date(text));

let service: TestService;
let kafka: KafkaBroker;
const stops: (() => Promise<void>)[] = [];
let lookups = 0;

const merchant = {
  kind: 'user' as const,
  id: randomUUID(),
  permissions: [
    'pricing.prices.read',
    'pricing.prices.write',
    'pricing.promotions.read',
    'pricing.promotions.write',
    'pricing.taxes.write',
  ],
};
const staff = () => service.client(PricingService, { principal: merchant });
const asCart = () => service.client(PricingService, { caller: 'cart' });
const anybody = () => service.client(PricingService);

beforeAll(async () => {
  const catalog = implement(CatalogService, {
    batchGetVariants: ({ skus }) => {
      lookups += 1;
      return {
        variants: skus.map((sku) => ({ sku, taxClass: sku.startsWith('BOOK') ? 'zero' : 'standard' })),
      };
    },
  });
  service = await startTestService(pricing, { fakes: [catalog] });
  kafka = connectKafka({
    name: 'test',
    namespace: service.namespace,
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    clock: systemClock,
    engines: service.engines,
    healthCheck: ignore,
    onStop: (_phase, stop) => {
      stops.push(stop);
    },
  });
  await eventually(async () => {
    await staff().upsertPriceLists({
      priceLists: [
        { priceListId: 'retail', title: 'Retail', currency: 'GBP' },
        { priceListId: 'ireland', title: 'Ireland', currency: 'GBP', countries: ['IE'] },
      ],
    });
  });
  await staff().upsertTaxRates({
    taxRates: [
      { country: 'GB', taxClass: 'standard', basisPoints: 2_000 },
      { country: 'GB', taxClass: 'standard', basisPoints: 1_750, validFromTime: day('2010-01-01') },
      { country: 'GB', taxClass: 'standard', basisPoints: 2_000, validFromTime: day('2011-01-04') },
    ],
  });
}, 60_000);

afterAll(async () => {
  await Promise.all(stops.map((stop) => stop()));
  await service.stop();
});

async function setPrice(sku: string, tiers: [number, number][], own: object = {}): Promise<void> {
  await staff().upsertPrices({
    prices: [
      {
        priceListId: 'retail',
        sku,
        tiers: tiers.map(([minQuantity, price]) => ({ minQuantity, unitPrice: gbp(price) })),
        ...own,
      },
    ],
  });
}

async function quote(sku: string, quantity: number, own: object = {}): Promise<QuoteLinesResponse> {
  return asCart().quoteLines({
    currency: 'GBP',
    country: 'GB',
    lines: [{ lineId: sku, sku, quantity }],
    ...own,
  });
}

async function reasonOf(call: Promise<unknown>): Promise<string | undefined> {
  return call.then(
    () => undefined,
    (error: unknown) => errorInfoOf(error)?.reason,
  );
}

describe('quotes', () => {
  it('prices by tier, adds tax, and signs what order can verify', async () => {
    await setPrice('LAMP', [
      [1, 255],
      [12, 210],
    ]);
    const customerId = randomUUID();
    const { quote: result, signedQuote } = await quote('LAMP', 12, { customerId });
    expect(minorOf(result?.totals?.listAmount)).toBe(2_520);
    expect(minorOf(result?.totals?.tax)).toBe(504);
    expect(result?.lines[0]?.explanation).toMatchObject({ priceListId: 'retail', tierMinQuantity: 12 });

    const claims = decodeJwt(signedQuote);
    expect(claims).toMatchObject({ iss: 'pricing', aud: 'order' });
    expect((claims.exp ?? 0) - Date.now() / 1_000).toBeGreaterThan(800);
    const signed = fromBinary(QuoteSchema, Buffer.from(String(claims['quote']), 'base64url'));
    expect(signed).toEqual(result);
    expect(signed.customerId).toBe(customerId);
  });

  it('uses the prices and rates of the time asked', async () => {
    await setPrice('HIST', [[1, 300]]);
    await setPrice('HIST', [[1, 200]], { validToTime: day('2010-12-15') });
    await setPrice('HIST', [[1, 250]], { validFromTime: day('2010-12-10'), validToTime: day('2010-12-12') });
    const at = async (time: string): Promise<number[]> => {
      const { quote: result } = await quote('HIST', 1, { priceTime: day(time) });
      return [minorOf(result?.totals?.listAmount), minorOf(result?.totals?.tax)];
    };
    expect(await at('2009-12-01')).toEqual([200, 40]);
    expect(await at('2010-12-11')).toEqual([250, 44]); // 17.5 % of 2.50 is 0.4375
    expect(await at('2010-12-12')).toEqual([200, 35]);
    expect(await at('2010-12-15')).toEqual([300, 53]); // 52.5 rounds up
    expect(await at('2026-01-01')).toEqual([300, 60]);
  });

  it('says which lines have no price and does not sign such a quote', async () => {
    await setPrice('BOOK', [[1, 500]]);
    const response = await asCart().quoteLines({
      currency: 'GBP',
      country: 'GB',
      lines: [
        { lineId: 'a', sku: 'BOOK', quantity: 1 },
        { lineId: 'b', sku: 'NOTHING', quantity: 1 },
      ],
    });
    expect(response.signedQuote).toBe('');
    expect(response.quote?.problems.map(({ lineId }) => lineId)).toEqual(['b']);
    expect(response.quote?.lines.map(({ sku }) => sku)).toEqual(['BOOK']);
    expect(minorOf(response.quote?.totals?.tax)).toBe(0);
  });

  it('shows a new price at once and asks catalog once per SKU', async () => {
    await setPrice('FAST', [[1, 100]]);
    await quote('FAST', 1);
    const before = lookups;
    await setPrice('FAST', [[1, 90]]);
    const { quote: result } = await quote('FAST', 1, { unsigned: true });
    expect(minorOf(result?.totals?.listAmount)).toBe(90);
    expect(lookups).toBe(before);
  });

  it('prices a thousand lines', async () => {
    const skus = Array.from({ length: 1_000 }, (_, index) => `BULK-${index}`);
    const { results } = await staff().upsertPrices({
      prices: skus.map((sku, index) => ({
        priceListId: 'retail',
        sku,
        tiers: [{ minQuantity: 1, unitPrice: gbp(100 + index) }],
      })),
    });
    expect(results.every(({ changed, version }) => changed && version === 1n)).toBe(true);
    // The first reading of a thousand prices may outlast a call's deadline on a busy machine; what it read is kept.
    const { quote: result, signedQuote } = await eventually(() =>
      asCart().quoteLines({
        currency: 'GBP',
        country: 'GB',
        lines: skus.map((sku, index) => ({ lineId: `${index}`, sku, quantity: 1 })),
      }),
    );
    expect(minorOf(result?.totals?.listAmount)).toBe(100 * 1_000 + (999 * 1_000) / 2);
    expect(signedQuote).not.toBe('');
  });

  it('is for services only', async () => {
    await expect(anybody().quoteLines({ currency: 'GBP', country: 'GB', lines: [] })).rejects.toThrow();
    await expect(staff().quoteLines({ currency: 'GBP', country: 'GB', lines: [] })).rejects.toThrow();
  });
});

describe('prices', () => {
  it('shows the breaks of the cheapest list that applies', async () => {
    await setPrice('BREAK', [
      [1, 255],
      [12, 210],
    ]);
    await staff().upsertPrices({
      prices: [{ priceListId: 'ireland', sku: 'BREAK', tiers: [{ minQuantity: 1, unitPrice: gbp(220) }] }],
    });
    const breaks = async (country: string): Promise<[number, number, string][]> => {
      const { prices } = await anybody().batchGetPrices({
        skus: ['BREAK', 'NONE'],
        currency: 'GBP',
        country,
      });
      return (prices[0]?.breaks ?? []).map((step) => [
        step.minQuantity,
        minorOf(step.unitPrice),
        step.priceListId,
      ]);
    };
    expect(await breaks('GB')).toEqual([
      [1, 255, 'retail'],
      [12, 210, 'retail'],
    ]);
    expect(await breaks('IE')).toEqual([
      [1, 220, 'ireland'],
      [12, 210, 'retail'],
    ]);
  });

  it('keeps an append-only history', async () => {
    await setPrice('STORY', [[1, 100]]);
    await setPrice('STORY', [[1, 100]]);
    await setPrice('STORY', [[1, 110]]);
    const all = await eventually(async () => {
      const { entries } = await anybody().listPriceHistory({ sku: 'STORY' });
      expect(entries).toHaveLength(2);
      return entries.map((entry) => minorOf(entry.window?.tiers[0]?.unitPrice));
    });
    expect(all).toEqual([110, 100]);
    const first = await anybody().listPriceHistory({ sku: 'STORY', pageSize: 1 });
    const second = await anybody().listPriceHistory({
      sku: 'STORY',
      pageSize: 1,
      pageToken: first.nextPageToken,
    });
    expect([first, second].map(({ entries }) => minorOf(entries[0]?.window?.tiers[0]?.unitPrice))).toEqual([
      110, 100,
    ]);
    expect(second.nextPageToken).toBe('');
    expect(await reasonOf(anybody().listPriceHistory({ sku: 'LAMP', pageToken: first.nextPageToken }))).toBe(
      'PAGE_TOKEN_INVALID',
    );
  });

  it('publishes each change once, with the whole price', async () => {
    await setPrice('NEWS', [[1, 100]]);
    await setPrice('NEWS', [[1, 100]]);
    await setPrice('NEWS', [[1, 80]], { validFromTime: day('2040-01-01') });
    const facts = await eventually(async () => {
      const received: PriceChanged[] = [];
      await kafka.readAll({
        handlers: [
          on(PriceChangedSchema, (message) => {
            if (message.sku === 'NEWS') received.push(message);
            return Promise.resolve();
          }),
        ],
      });
      expect(received).toHaveLength(2);
      return received;
    });
    expect(facts.map(({ version, windows }) => [version, windows.length])).toEqual([
      [1n, 1],
      [2n, 2],
    ]);
    expect(facts[1]?.setWindows).toHaveLength(1);
    expect(facts[1]?.priceId).toBe('retail/NEWS');
  });

  it('loses none of many changes of one price at once', async () => {
    const starts = Array.from({ length: 8 }, (_, index) => Date.UTC(2030, 0, 1 + index));
    const set = (start: number, price: number): Promise<void> =>
      setPrice('BUSY', [[1, price]], {
        validFromTime: timestampFromMs(start),
        validToTime: timestampFromMs(start + 86_400_000),
      });
    await Promise.all(starts.map((start, index) => eventually(() => set(start, 100 + index))));
    for (const [index, start] of starts.entries()) {
      const { quote: result } = await quote('BUSY', 1, { priceTime: timestampFromMs(start) });
      expect(minorOf(result?.totals?.listAmount)).toBe(100 + index);
    }
  });

  it('refuses what cannot be', async () => {
    const tiers = [{ minQuantity: 1, unitPrice: gbp(100) }];
    const refusal = (price: object): Promise<string | undefined> =>
      reasonOf(staff().upsertPrices({ prices: [{ priceListId: 'retail', sku: 'X', tiers, ...price }] }));
    expect(await refusal({ priceListId: 'nowhere' })).toBe('PRICE_LIST_UNKNOWN');
    expect(await refusal({ tiers: [...tiers, ...tiers] })).toBe('TIERS_INVALID');
    expect(await refusal({ tiers: [{ minQuantity: 1, unitPrice: gbp(-1) }] })).toBe('AMOUNT_INVALID');
    expect(await refusal({ tiers: [{ minQuantity: 1, unitPrice: moneyToProto(Money.of('EUR', 1)) }] })).toBe(
      'AMOUNT_INVALID',
    );
    expect(await refusal({ validFromTime: day('2020-01-02'), validToTime: day('2020-01-01') })).toBe(
      'VALIDITY_INVALID',
    );
    expect(
      await reasonOf(
        staff().upsertPriceLists({
          priceLists: [{ priceListId: 'retail', title: 'Retail', currency: 'EUR' }],
        }),
      ),
    ).toBe('PRICE_LIST_CURRENCY_FIXED');
    expect(
      await reasonOf(anybody().upsertPrices({ prices: [{ priceListId: 'retail', sku: 'X', tiers }] })),
    ).toBe('TOKEN_MISSING');
  });
});

describe('promotions', () => {
  it('are created once, granted over lines, changed by etag and listed', async () => {
    await setPrice('GIFT', [[1, 3_333]]);
    const requestId = randomUUID();
    const promotion = { title: '10 % from £100', threshold: gbp(10_000), basisPoints: 1_000 };
    const [created, again] = await Promise.all([
      eventually(() => staff().createPromotion({ promotion, requestId })),
      eventually(() => staff().createPromotion({ promotion, requestId })),
    ]);
    expect(again).toEqual(created);
    expect(
      await reasonOf(staff().createPromotion({ promotion: { ...promotion, basisPoints: 2_000 }, requestId })),
    ).toBe('REQUEST_ID_REUSED');

    expect(minorOf((await quote('GIFT', 3)).quote?.totals?.discount)).toBe(0);
    const granted = (await quote('GIFT', 4)).quote;
    expect(minorOf(granted?.totals?.discount)).toBe(1_333);
    expect(granted?.promotions[0]).toMatchObject({ promotionId: requestId, title: '10 % from £100' });

    const stored = created.promotion;
    const change = { promotionId: requestId, title: 'x', threshold: gbp(1), basisPoints: 1, paused: true };
    const paused = await staff().updatePromotion({
      promotion: { ...change, etag: stored?.etag ?? '' },
      updateMask: { paths: ['paused'] },
    });
    expect(paused.promotion).toMatchObject({ title: '10 % from £100', paused: true, basisPoints: 1_000 });
    expect(minorOf((await quote('GIFT', 4)).quote?.totals?.discount)).toBe(0);
    const update = (etag: string, paths: string[]): Promise<string | undefined> =>
      reasonOf(staff().updatePromotion({ promotion: { ...change, etag }, updateMask: { paths } }));
    expect(await update(stored?.etag ?? '', ['title'])).toBe('ETAG_MISMATCH');
    expect(await update(paused.promotion?.etag ?? '', ['etag'])).toBe('FIELD_MASK_INVALID');

    const { promotions } = await staff().listPromotions({});
    expect(promotions.map(({ promotionId }) => promotionId)).toContain(requestId);
  });
});
