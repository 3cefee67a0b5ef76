import { invalid } from '@souk/kernel';

/** Whether shoppers see a product. */
export type ProductState = 'draft' | 'active' | 'deleted';

/** A picture. */
interface Media {
  readonly uri: string;
  readonly altText: string;
}

/** One buyable form of a product. */
export interface Variant {
  readonly sku: string;
  readonly title: string;
  readonly options: Readonly<Record<string, string>>;
  readonly media: readonly Media[];
}

/** What a merchandiser decides about a product. */
export interface ProductContent {
  readonly handle: string;
  readonly title: string;
  readonly description: string;
  readonly categoryIds: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
  readonly variants: readonly Variant[];
  readonly taxClass: string;
  readonly state: ProductState;
}

/** A product as the catalogue keeps it. */
export interface Product extends ProductContent {
  readonly productId: string;
  /** Grows by one with every change, from 1. */
  readonly version: number;
  readonly createTime: Date;
  readonly updateTime: Date;
}

/** By what a product is looked up. */
export function keysOf(product: Product): { productId: string; handle: string; skus: string[] } {
  const { productId, handle, variants } = product;
  return { productId, handle, skus: variants.map(({ sku }) => sku) };
}

/** The tax class of a product that names none. */
const DEFAULT_TAX_CLASS = 'standard';

/** A new product. @throws DomainError VALIDATION_FAILED when its parts contradict each other. */
export function createProduct(productId: string, content: ProductContent, now: Date): Product {
  return { ...settle(content), productId, version: 1, createTime: now, updateTime: now };
}

/**
 * The product with other content; the very same object when nothing differs, so that nothing is written.
 *
 * @throws DomainError VALIDATION_FAILED when its parts contradict each other.
 */
export function changeProduct(product: Product, content: ProductContent, now: Date): Product {
  const settled = settle(content);
  if (sameContent(product, settled)) return product;
  return { ...product, ...settled, version: product.version + 1, updateTime: now };
}

/** The product taken out of the shop; the very same object when it is out already. */
export function deleteProduct(product: Product, now: Date): Product {
  if (product.state === 'deleted') return product;
  return { ...product, state: 'deleted', version: product.version + 1, updateTime: now };
}

/** Whether two products say the same, whatever the order in which their attributes and options were written. */
function sameContent(a: ProductContent, b: ProductContent): boolean {
  return fingerprint(a) === fingerprint(b);
}

/** Fills in what may be left out and checks what no single field can tell. */
function settle(content: ProductContent): ProductContent {
  const skus = new Set<string>();
  for (const [index, { sku }] of content.variants.entries()) {
    if (skus.has(sku)) {
      throw invalid('VALIDATION_FAILED', `two variants have the SKU ${sku}`, {
        field: `product.variants[${index}].sku`,
      });
    }
    skus.add(sku);
  }
  if (skus.size === 0)
    throw invalid('VALIDATION_FAILED', 'a product needs a variant', { field: 'product.variants' });
  for (const field of ['title', 'handle'] as const) {
    if (content[field].trim() === '')
      throw invalid('VALIDATION_FAILED', `a product needs a ${field}`, { field: `product.${field}` });
  }
  return {
    ...content,
    taxClass: content.taxClass === '' ? DEFAULT_TAX_CLASS : content.taxClass,
    variants: content.variants.map((variant) =>
      variant.title === '' ? { ...variant, title: content.title } : variant,
    ),
  };
}

function fingerprint(content: ProductContent): string {
  const { handle, title, description, categoryIds, attributes, variants, taxClass, state } = content;
  return JSON.stringify([
    [handle, title, description, categoryIds, taxClass, state],
    sorted(attributes),
    variants.map((variant) => [
      variant.sku,
      variant.title,
      sorted(variant.options),
      variant.media.map((media) => [media.uri, media.altText]),
    ]),
  ]);
}

function sorted(record: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
