import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError } from '@connectrpc/connect';
import type { Product } from '@souk/gen/souk/catalog/v1/product_pb';
import {
  type ProductPageSchema,
  SectionState,
  type SectionStatusSchema,
} from '@souk/gen/souk/storefront/v1/product_page_pb';
import { DomainError } from '@souk/kernel';
import { errorInfoOf, moneyToProto } from '@souk/rpc';
import type { ProductPage } from '../app/compose-product-page.ts';
import { LateError, type Section } from '../app/section.ts';

/** A page as the contract shows it. Sections that are unavailable are empty. */
export function pageToProto(page: ProductPage<Product>): MessageInitShape<typeof ProductPageSchema> {
  const { product, prices, availability, rating, reviews, related } = page;
  return {
    product,
    prices: {
      status: statusOf(prices),
      prices: listOf(prices).map(({ sku, tiers }) => ({
        sku,
        tiers: tiers.map(({ minQuantity, unitPrice }) => ({
          minQuantity,
          unitPrice: moneyToProto(unitPrice),
        })),
      })),
    },
    availability: { status: statusOf(availability), skus: listOf(availability) },
    rating: { status: statusOf(rating), ...(rating.state === 'ok' ? rating.value : {}) },
    reviews: {
      status: statusOf(reviews),
      reviews: listOf(reviews).map(({ createTime, ...review }) => ({
        ...review,
        ...(createTime === undefined ? {} : { createTime: timestampFromDate(createTime) }),
      })),
    },
    related: { status: statusOf(related), products: listOf(related) },
  };
}

/** Why a section is unavailable: the reason that the other service gave, or the status of the call. */
export function reasonOf(error: unknown): string {
  if (error instanceof LateError) return 'DEADLINE_EXCEEDED';
  if (error instanceof DomainError) return error.reason;
  const info = errorInfoOf(error);
  if (info !== undefined) return info.reason;
  const { code } = ConnectError.from(error);
  return Code[code].replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
}

function statusOf(section: Section<unknown>): MessageInitShape<typeof SectionStatusSchema> {
  return section.state === 'ok'
    ? { state: SectionState.OK }
    : { state: SectionState.UNAVAILABLE, reason: section.reason };
}

function listOf<T>(section: Section<readonly T[]>): T[] {
  return section.state === 'ok' ? [...section.value] : [];
}
