import type { Cart, CartLine, ItemInfo } from '../domain/cart.ts';

/** A cart from what a script replied: its id, then names and values of its fields (see `CHANGE`). */
export function cartOf([id, ...fields]: readonly string[]): Cart {
  const values = new Map<string, string>();
  const skus: string[] = [];
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] ?? '';
    values.set(name, fields[index + 1] ?? '');
    if (name.startsWith('q:')) skus.push(name.slice(2));
  }
  const read = (name: string): string => {
    const value = values.get(name);
    if (value === undefined) throw new TypeError(`a stored cart lacks ${name}`);
    return value;
  };
  const updated = Number(read('updated'));
  return {
    id: id ?? '',
    version: BigInt(read('version')),
    currency: read('currency'),
    country: read('country'),
    createTime: new Date(Number(read('created'))),
    updateTime: new Date(updated),
    expireTime: new Date(updated + Number(read('lifetime'))),
    lines: skus
      .map(
        (sku): CartLine => ({
          sku,
          quantity: Number(read(`q:${sku}`)),
          createTime: new Date(Number(read(`t:${sku}`))),
          ...infoOf(read(`i:${sku}`)),
        }),
      )
      .sort(byAge),
  };
}

/** Lines put in by one call are as old as each other; the SKU decides then, so that the order is always the same. */
function byAge(a: CartLine, b: CartLine): number {
  return a.createTime.getTime() - b.createTime.getTime() || (a.sku < b.sku ? -1 : 1);
}

function infoOf(text: string): ItemInfo {
  const info: unknown = JSON.parse(text);
  if (typeof info !== 'object' || info === null) throw new TypeError('a stored line lacks its info');
  const productId = 'productId' in info && typeof info.productId === 'string' ? info.productId : '';
  const title = 'title' in info && typeof info.title === 'string' ? info.title : '';
  return { productId, title };
}
