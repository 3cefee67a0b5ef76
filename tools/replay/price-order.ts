import type { Tier } from '../sample-data/prices.ts';

/** The published rules of the shop, in pence and hundredths of a percent. */
export interface ShopRules {
  /** Tiers by SKU, the first from 1. */
  readonly tiers: ReadonlyMap<string, readonly Tier[]>;
  readonly promotion: { readonly thresholdPence: number; readonly basisPoints: number };
  /** Tax added by country; none elsewhere. */
  readonly taxes: ReadonlyMap<string, number>;
}

/** What a line costs, in pence. */
export interface PricedLine {
  readonly sku: string;
  readonly quantity: number;
  readonly gross: number;
  readonly discount: number;
  readonly tax: number;
}

/**
 * What an order must cost by the published rules: the tier that the quantity reaches; a share of the whole off from a threshold on,
 * spread over the lines by largest remainder; tax on each line's rest, rounded half up. Written apart from the services, to check
 * them.
 *
 * @throws Error when a SKU has no price.
 */
export function priceOrder(
  order: {
    readonly country: string;
    readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
  },
  rules: ShopRules,
): PricedLine[] {
  const gross = order.lines.map(({ sku, quantity }) => {
    const tier = rules.tiers.get(sku)?.findLast(({ minQuantity }) => minQuantity <= quantity);
    if (tier === undefined) throw new Error(`${sku} has no price`);
    return tier.unitPence * quantity;
  });
  const discounts = discountsOf(order.lines, gross, rules.promotion);
  const basisPoints = rules.taxes.get(order.country) ?? 0;
  return order.lines.map(({ sku, quantity }, index) => {
    const list = gross[index] ?? 0;
    const discount = discounts[index] ?? 0;
    return { sku, quantity, gross: list, discount, tax: halfUp((list - discount) * basisPoints, 10_000) };
  });
}

function discountsOf(
  lines: readonly { readonly sku: string }[],
  gross: readonly number[],
  promotion: ShopRules['promotion'],
): number[] {
  const subtotal = gross.reduce((sum, amount) => sum + amount, 0);
  if (subtotal < promotion.thresholdPence) return gross.map(() => 0);
  const discount = halfUp(subtotal * promotion.basisPoints, 10_000);
  // Amounts stay far below 2^53, products of two amounts do not.
  const exact = gross.map((amount) => BigInt(discount) * BigInt(amount));
  const shares = exact.map((product) => Number(product / BigInt(subtotal)));
  const left = discount - shares.reduce((sum, share) => sum + share, 0);
  const ranked = exact
    .map((product, index) => ({ index, sku: lines[index]?.sku ?? '', rest: product % BigInt(subtotal) }))
    // Of equal rests the SKU that sorts first comes first.
    .sort((a, b) => (a.rest === b.rest ? (a.sku < b.sku ? -1 : 1) : a.rest > b.rest ? -1 : 1));
  for (const { index } of ranked.slice(0, left)) shares[index] = (shares[index] ?? 0) + 1;
  return shares;
}

function halfUp(numerator: number, denominator: number): number {
  return Math.floor((numerator * 2 + denominator) / (denominator * 2));
}

/**
 * What units of a line are refunded for when they are the `first`-th and following ones to come back: amounts are spread over the
 * units one by one, the odd pennies on the first units.
 */
export function refundOf(
  line: PricedLine,
  first: number,
  count: number,
): { readonly net: number; readonly tax: number } {
  const share = (amount: number): number => {
    const upTo = (units: number): number =>
      Math.floor(amount / line.quantity) * units + Math.min(units, amount % line.quantity);
    return upTo(first + count) - upTo(first);
  };
  return { net: share(line.gross) - share(line.discount), tax: share(line.tax) };
}
