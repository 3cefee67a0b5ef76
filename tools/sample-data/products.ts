import { attributesOf } from './attributes.ts';
import { categoryOf } from './categories.ts';
import { isProductCode } from './classify.ts';
import type { InvoiceLine } from './invoice-line.ts';
import { cleanDescription, isProductDescription, mostFrequent, slugOf, titleOf } from './wording.ts';

/** One buyable form of a sample product. */
interface SampleVariant {
  readonly sku: string;
  readonly title: string;
  readonly options: Readonly<Record<string, string>>;
}

/** A product derived from invoices. */
export interface SampleProduct {
  readonly handle: string;
  readonly title: string;
  readonly description: string;
  readonly categoryIds: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
  readonly variants: readonly SampleVariant[];
}

/**
 * Every stock code that is a product becomes a SKU, named by its most frequent description. Codes with the same digits
 * (`15056BL`, `15056N`) become variants of one product when all their descriptions share at least two words of three letters;
 * the shared words are its title. In the order of the codes.
 *
 * @param grouped false makes every code a product of its own, whose address holds nothing but the code: another month may know it by
 *   another name.
 */
export function deriveProducts(lines: readonly InvoiceLine[], grouped = true): SampleProduct[] {
  const goods = lines.filter(({ stockCode }) => isProductCode(stockCode));
  const bySku = Map.groupBy(goods, ({ stockCode }) => stockCode);
  const names = new Map([...bySku].sort().map(([sku, own]) => [sku, nameOf(sku, own)]));
  const families = Map.groupBy(names.keys(), (sku) => /^\d{5}/.exec(sku)?.[0] ?? sku);
  const products = [...families.values()].flatMap((skus) => {
    const shared = sharedWords(skus.map((sku) => names.get(sku) ?? ''));
    if (grouped && skus.length > 1 && shared !== undefined) return [toProduct(shared, skus, names)];
    const single = skus.map((sku) => toProduct(names.get(sku) ?? sku, [sku], names));
    return grouped
      ? single
      : single.map((product, index) => ({ ...product, handle: `item-${slugOf(skus[index] ?? '')}` }));
  });
  return products;
}

function nameOf(sku: string, lines: readonly InvoiceLine[]): string {
  const descriptions = lines.map(({ description }) => cleanDescription(description));
  return mostFrequent(descriptions.filter(isProductDescription)) ?? `ITEM ${sku}`;
}

/** The words that all names share, in the order of the first; undefined when they are too few to name a product. */
function sharedWords(names: readonly string[]): string | undefined {
  const [first = '', ...others] = names.map((name) => name.split(' '));
  if (others.length === 0) return undefined;
  const shared = [...first].filter((word) => others.every((other) => other.includes(word)));
  const telling = shared.filter((word) => /[A-Z]{3}/.test(word));
  return telling.length >= 2 ? shared.join(' ') : undefined;
}

function toProduct(name: string, skus: readonly string[], names: ReadonlyMap<string, string>): SampleProduct {
  const base = skus.length > 1 ? (/^\d{5}/.exec(skus[0] ?? '')?.[0] ?? '') : (skus[0] ?? '');
  const title = titleOf(name);
  const variants = skus.map((sku) => ({ sku, title: titleOf(names.get(sku) ?? sku), options: {} }));
  return {
    handle: `${slugOf(name).slice(0, 90).replace(/-+$/, '')}-${base.toLowerCase()}`,
    title,
    description: skus.length > 1 ? `${title}, in ${skus.length} designs.` : `${title}.`,
    categoryIds: [categoryOf(name)],
    attributes: attributesOf(name),
    variants:
      skus.length > 1
        ? variants.map((variant) => ({ ...variant, options: optionsOf(variant.sku) }))
        : variants,
  };
}

function optionsOf(sku: string): Record<string, string> {
  return { design: sku.slice(5) === '' ? 'plain' : sku.slice(5) };
}
