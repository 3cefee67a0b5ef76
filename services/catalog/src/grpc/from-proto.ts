import {
  type ProductPatch,
  SearchOrder as SearchOrderMessage,
  type SearchProductsRequest,
  type UpdateProductRequest,
} from '@souk/gen/souk/catalog/v1/catalog_service_pb';
import type { Category as CategoryMessage } from '@souk/gen/souk/catalog/v1/category_pb';
import {
  type Product as ProductMessage,
  ProductState as ProductStateMessage,
  type Variant as VariantMessage,
} from '@souk/gen/souk/catalog/v1/product_pb';
import { invalid } from '@souk/kernel';
import { moneyFromProto } from '@souk/rpc';
import type { Category } from '../domain/category.ts';
import type { ProductContent, ProductState, Variant } from '../domain/product.ts';
import {
  parseAttributeFilters,
  priceLimit,
  type SearchOrder,
  type SearchQuery,
} from '../domain/search-query.ts';

/** What a request says about a product; output-only fields are left aside. */
export function contentFromProto(product: ProductMessage): ProductContent {
  return {
    handle: product.handle,
    title: product.title,
    description: product.description,
    categoryIds: product.categoryIds,
    attributes: product.attributes,
    variants: product.variants.map(variantFromProto),
    taxClass: product.taxClass,
    state: stateFromProto(product.state),
  };
}

const PATCHES: Readonly<Record<string, (patch: ProductPatch) => Partial<ProductContent>>> = {
  handle: ({ handle }) => ({ handle }),
  title: ({ title }) => ({ title }),
  description: ({ description }) => ({ description }),
  category_ids: ({ categoryIds }) => ({ categoryIds }),
  attributes: ({ attributes }) => ({ attributes }),
  variants: ({ variants }) => ({ variants: variants.map(variantFromProto) }),
  tax_class: ({ taxClass }) => ({ taxClass }),
  state: ({ state }) => ({ state: stateFromProto(state) }),
};

/**
 * The fields that an update's mask names.
 *
 * @throws DomainError FIELD_MASK_INVALID (metadata: path) for an empty mask or a path that cannot be updated.
 */
export function patchFromProto(request: UpdateProductRequest): Partial<ProductContent> {
  const patch = request.product;
  const paths = request.updateMask?.paths ?? [];
  if (patch === undefined || paths.length === 0) throw maskInvalid('');
  const parts = paths.map((path) => {
    // REST clients may write paths in the JSON form.
    const name = path.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const read = Object.hasOwn(PATCHES, name) ? PATCHES[name] : undefined;
    if (read === undefined) throw maskInvalid(path);
    return read(patch);
  });
  return parts.reduce<Partial<ProductContent>>((all, part) => ({ ...all, ...part }), {});
}

/** A category that a request states. */
export function categoryFromProto(category: CategoryMessage): Category {
  const { categoryId, title, parentCategoryId, position } = category;
  return { categoryId, title, parentCategoryId, position };
}

/** What a search asks for. @throws DomainError FILTER_INVALID. */
export function queryFromProto(request: SearchProductsRequest): SearchQuery {
  return {
    text: request.query.trim(),
    categoryId: request.categoryId,
    attributes: parseAttributeFilters(request.attributeFilters),
    minPrice: priceLimit(request.minPrice && moneyFromProto(request.minPrice, 'min_price'), 'min_price'),
    maxPrice: priceLimit(request.maxPrice && moneyFromProto(request.maxPrice, 'max_price'), 'max_price'),
    order: orderFromProto(request.order),
  };
}

function orderFromProto(order: SearchOrderMessage): SearchOrder {
  switch (order) {
    case SearchOrderMessage.PRICE_ASCENDING:
      return 'price-ascending';
    case SearchOrderMessage.PRICE_DESCENDING:
      return 'price-descending';
    case SearchOrderMessage.NEWEST:
      return 'newest';
    case SearchOrderMessage.TITLE:
      return 'title';
    case SearchOrderMessage.RELEVANCE:
    case SearchOrderMessage.UNSPECIFIED:
      return 'relevance';
  }
}

function variantFromProto({ sku, title, options, media }: VariantMessage): Variant {
  return { sku, title, options, media: media.map(({ uri, altText }) => ({ uri, altText })) };
}

function stateFromProto(state: ProductStateMessage): ProductState {
  return state === ProductStateMessage.DRAFT ? 'draft' : 'active';
}

function maskInvalid(path: string): Error {
  return invalid('FIELD_MASK_INVALID', path === '' ? 'the mask is empty' : `${path} cannot be updated`, {
    field: 'update_mask',
    metadata: { path },
  });
}
