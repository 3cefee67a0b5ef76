import type { CartLine, ItemInfo } from './cart.ts';

/**
 * One step of a change of a cart. `add`, `max`, `keep` and `replace` make the line if it is not there: with the sum, the
 * larger one, the present one or the given one of the two quantities if it is. `set` needs the line; `reduce` takes units
 * off and the line out when none are left; `remove` and `clear` take out what there is.
 */
export type LineCommand =
  | {
      readonly kind: 'add' | 'max' | 'keep' | 'replace';
      readonly sku: string;
      readonly quantity: number;
      readonly info: ItemInfo;
    }
  | { readonly kind: 'set' | 'reduce'; readonly sku: string; readonly quantity: number }
  | { readonly kind: 'remove'; readonly sku: string }
  | { readonly kind: 'clear' };

/** What to do on a merge with SKUs that are in both carts. */
export type MergeStrategy = 'sum' | 'max' | 'keep-account' | 'keep-guest';

const MERGE_COMMANDS = {
  sum: 'add',
  max: 'max',
  'keep-account': 'keep',
  'keep-guest': 'replace',
} as const satisfies Record<MergeStrategy, LineCommand['kind']>;

/** The steps that bring a guest's lines into an account's cart. No line of either cart is lost. */
export function mergeCommands(guest: readonly CartLine[], strategy: MergeStrategy): LineCommand[] {
  return guest.map(({ sku, quantity, productId, title }) => ({
    kind: MERGE_COMMANDS[strategy],
    sku,
    quantity,
    info: { productId, title },
  }));
}
