import { describe, expect, it } from '@jest/globals';
import { placeholdersFor, render } from './names.ts';

describe('a new service', () => {
  it('is named by one lower-case word', () => {
    expect(placeholdersFor('wishlist')).toEqual({ name: 'wishlist', Name: 'Wishlist', NAME: 'WISHLIST' });
    for (const wrong of [undefined, '', 'Wishlist', 'wish-list', '../etc', 'x'.repeat(31)]) {
      expect(placeholdersFor(wrong)).toBeUndefined();
    }
  });

  it('fills its name into templates', () => {
    const names = placeholdersFor('wishlist');
    if (names === undefined) throw new Error('refused');
    expect(render('__name__ __Name__ __NAME__', names)).toBe('wishlist Wishlist WISHLIST');
  });
});
