import { describe, expect, it } from '@jest/globals';
import { changeProduct, createProduct, deleteProduct, type ProductContent } from './product.ts';

const content: ProductContent = {
  handle: 'mug',
  title: 'Mug',
  description: '',
  categoryIds: [],
  attributes: { colour: 'red', material: 'china' },
  variants: [{ sku: 'MUG', title: '', options: {}, media: [] }],
  taxClass: '',
  state: 'active',
};
const day = new Date('2010-12-01');

describe('a product', () => {
  it('gets its title and tax class where a variant and the merchant name none', () => {
    const product = createProduct('p', content, day);
    expect(product.variants[0]?.title).toBe('Mug');
    expect(product.taxClass).toBe('standard');
  });

  it('stays the same object when the same is said again, in whatever order', () => {
    const product = createProduct('p', content, day);
    const again = { ...content, attributes: { material: 'china', colour: 'red' } };
    expect(changeProduct(product, again, day)).toBe(product);
    expect(changeProduct(product, { ...content, title: 'Cup' }, day).version).toBe(2);
  });

  it('is deleted once', () => {
    const deleted = deleteProduct(createProduct('p', content, day), day);
    expect(deleted).toMatchObject({ state: 'deleted', version: 2 });
    expect(deleteProduct(deleted, day)).toBe(deleted);
  });

  it('refuses a SKU that two variants share', () => {
    const variants = [...content.variants, ...content.variants];
    expect(() => createProduct('p', { ...content, variants }, day)).toThrow(/SKU MUG/);
  });
});
