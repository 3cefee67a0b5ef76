import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Code, ConnectError } from '@connectrpc/connect';
import { CatalogService } from '@souk/gen/souk/catalog/v1/catalog_service_pb';
import { InventoryService } from '@souk/gen/souk/inventory/v1/inventory_service_pb';
import { PricingService } from '@souk/gen/souk/pricing/v1/pricing_service_pb';
import { ReviewService } from '@souk/gen/souk/review/v1/review_service_pb';
import { SectionState } from '@souk/gen/souk/storefront/v1/product_page_pb';
import { StorefrontService } from '@souk/gen/souk/storefront/v1/storefront_service_pb';
import { notFound } from '@souk/kernel';
import { implement, isReason } from '@souk/rpc';
import { startTestService, type TestService } from '@souk/testing';
import { storefront } from '../src/service.ts';

const mug = { productId: 'mug', title: 'Mug', categoryIds: ['kitchen'], variants: [{ sku: 'MUG' }] };
const cup = { productId: 'cup', title: 'Cup', categoryIds: ['kitchen'], variants: [{ sku: 'CUP' }] };

describe('the product page', () => {
  let service: TestService;
  /** What the fakes do at the moment. */
  const faults = { pricing: false, reviews: false, catalog: false };
  const never = (): Promise<never> => new Promise(() => undefined);

  beforeAll(async () => {
    service = await startTestService(storefront, {
      env: { SOUK_STOREFRONT_SECTION_DEADLINE_MS: '300', SOUK_STOREFRONT_PRODUCT_DEADLINE_MS: '300' },
      fakes: [
        implement(CatalogService, {
          getProduct: ({ productId }) => {
            if (faults.catalog) return never();
            if (productId !== 'mug') throw notFound('PRODUCT_NOT_FOUND', 'there is no such product');
            return { product: mug };
          },
          listProducts: () => ({ products: [mug, cup] }),
        }),
        implement(PricingService, {
          batchGetPrices: () => {
            if (faults.pricing) throw new ConnectError('away', Code.Unavailable);
            const unitPrice = { currencyCode: 'GBP', units: 2n, nanos: 500_000_000 };
            return { prices: [{ sku: 'MUG', breaks: [{ minQuantity: 1, unitPrice }] }] };
          },
        }),
        implement(InventoryService, {
          batchGetAvailability: () => ({ availabilities: [{ sku: 'MUG', available: 7n }] }),
        }),
        implement(ReviewService, {
          getRatingSummary: () => ({ summary: { reviewCount: 2n, meanRating: 4.5 } }),
          listReviews: () =>
            faults.reviews ? never() : { reviews: [{ reviewId: 'r', rating: 5, title: 'Good' }] },
        }),
      ],
    });
  });
  afterAll(() => service.stop());

  const page = async (productId = 'mug') =>
    (await service.client(StorefrontService).getProductPage({ productId })).page;

  it('shows everything that other services know of a product', async () => {
    expect(await page()).toMatchObject({
      product: { title: 'Mug' },
      prices: {
        status: { state: SectionState.OK },
        prices: [{ sku: 'MUG', tiers: [{ minQuantity: 1, unitPrice: { units: 2n, nanos: 500_000_000 } }] }],
      },
      availability: { skus: [{ sku: 'MUG', available: 7n }] },
      rating: { reviewCount: 2, meanRating: 4.5 },
      reviews: { reviews: [{ reviewId: 'r', title: 'Good' }] },
      related: { products: [{ title: 'Cup' }] },
    });
  });

  it('leaves out what is dead or late and says so', async () => {
    Object.assign(faults, { pricing: true, reviews: true });
    const degraded = await page();
    Object.assign(faults, { pricing: false, reviews: false });
    expect(degraded).toMatchObject({
      product: { title: 'Mug' },
      prices: {
        status: { state: SectionState.UNAVAILABLE, reason: 'DEPENDENCY_UNAVAILABLE' },
        prices: [],
      },
      reviews: { status: { state: SectionState.UNAVAILABLE, reason: 'DEADLINE_EXCEEDED' }, reviews: [] },
      availability: { status: { state: SectionState.OK } },
      related: { status: { state: SectionState.OK } },
    });
  });

  it('fails without the product', async () => {
    const missing: unknown = await page('none').catch((error: unknown) => error);
    expect(isReason(missing, 'PRODUCT_NOT_FOUND')).toBe(true);
    faults.catalog = true;
    const dead: unknown = await page().catch((error: unknown) => error);
    faults.catalog = false;
    // The client repeats a read that is UNAVAILABLE until its own time is up.
    expect([Code.Unavailable, Code.DeadlineExceeded]).toContain(ConnectError.from(dead).code);
  });
});
