import { describe, expect, it } from '@jest/globals';
import { CategoryTree } from './category.ts';

const category = (categoryId: string, parentCategoryId = '', position = 0) => ({
  categoryId,
  title: categoryId,
  parentCategoryId,
  position,
});

describe('CategoryTree', () => {
  const tree = new CategoryTree([
    category('lamps', 'home'),
    category('home', '', 2),
    category('toys', '', 1),
    category('candles', 'lamps'),
  ]);

  it('orders parents before children and siblings by position', () => {
    expect(tree.inOrder().map(({ categoryId }) => categoryId)).toEqual(['toys', 'home', 'lamps', 'candles']);
  });

  it('knows what is below and above a category', () => {
    expect(tree.withDescendants('home')).toEqual(['home', 'lamps', 'candles']);
    expect(tree.withDescendants('none')).toEqual([]);
    expect(tree.pathOf('candles').map(({ categoryId }) => categoryId)).toEqual(['home', 'lamps', 'candles']);
  });

  it('refuses loops and unknown parents', () => {
    expect(() => new CategoryTree([category('a', 'b'), category('b', 'a')])).toThrow(/below itself/);
    expect(() => new CategoryTree([category('a', 'none')])).toThrow(/no category none/);
  });
});
