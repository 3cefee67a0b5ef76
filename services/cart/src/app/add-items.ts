import { invalid, precondition } from '@souk/kernel';
import type { Cart } from '../domain/cart.ts';
import type { LineCommand } from '../domain/line-command.ts';
import type { CartChange, CartStore, Catalogue, Variant } from './ports.ts';

/** Something to put into a cart. */
export interface Item {
  readonly sku: string;
  readonly quantity: number;
}

/** Puts items into a cart. */
export class AddItems {
  readonly #store: CartStore;
  readonly #catalogue: Catalogue;

  constructor(store: CartStore, catalogue: Catalogue) {
    this.#store = store;
    this.#catalogue = catalogue;
  }

  /** @throws DomainError `SKU_UNKNOWN`, `SKU_INACTIVE`, and as `CartStore.change` does. */
  async add(items: readonly Item[], change: Omit<CartChange, 'commands' | 'create'>): Promise<Cart> {
    const variants = await this.#catalogue.variants([...new Set(items.map(({ sku }) => sku))]);
    const commands = items.map(({ sku, quantity }, index): LineCommand => {
      const { productId, title } = sellable(sku, variants.get(sku), index);
      return { kind: 'add', sku, quantity, info: { productId, title } };
    });
    return this.#store.change({ ...change, commands, create: change.ref === 'current' });
  }
}

function sellable(sku: string, variant: Variant | undefined, index: number): Variant {
  const details = { field: `items[${index}].sku`, metadata: { sku } };
  if (variant === undefined) throw invalid('SKU_UNKNOWN', 'There is no such SKU.', details);
  if (!variant.active) throw precondition('SKU_INACTIVE', 'The SKU is not sold at present.', details);
  return variant;
}
