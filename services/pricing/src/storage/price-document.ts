import type { Aggregate } from '@souk/mongo';
import type { StoredPrice } from '../app/ports.ts';
import type { PriceWindow } from '../domain/price-window.ts';
import { endOf, type StoredInstant, startOf, toStored } from './instants.ts';

/** A window of a price as stored. */
export interface WindowDocument {
  from: StoredInstant;
  to: StoredInstant;
  /** `unitPrice` is a 64-bit integer in the store; the driver reads it as a number, which holds it exactly. */
  tiers: { minQuantity: number; unitPrice: bigint | number }[];
}

/** The price of one SKU in one list, over all time; `_id` is `<price list id>/<sku>`. */
export interface PriceDocument extends Aggregate {
  priceListId: string;
  sku: string;
  currency: string;
  windows: WindowDocument[];
}

/** Id of a price: key of its document and of its facts. */
export function priceIdOf({ priceListId, sku }: { priceListId: string; sku: string }): string {
  return `${priceListId}/${sku}`;
}

/** A price as its document; pending facts are added by `saveNext`. */
export function toPriceDocument(price: StoredPrice): PriceDocument {
  const { priceListId, sku, currency, version } = price;
  return {
    _id: priceIdOf(price),
    version,
    priceListId,
    sku,
    currency,
    windows: price.windows.map(toWindowDocument),
  };
}

/** A stored price. */
export function fromPriceDocument(document: PriceDocument): StoredPrice {
  const { priceListId, sku, currency, version } = document;
  return { priceListId, sku, currency, version, windows: document.windows.map(fromWindowDocument) };
}

/** A window as stored. */
export function toWindowDocument({ from, to, tiers }: PriceWindow): WindowDocument {
  return { from: toStored(from), to: toStored(to), tiers: tiers.map((tier) => ({ ...tier })) };
}

/** A stored window. */
export function fromWindowDocument({ from, to, tiers }: WindowDocument): PriceWindow {
  return {
    from: startOf(from),
    to: endOf(to),
    tiers: tiers.map(({ minQuantity, unitPrice }) => ({ minQuantity, unitPrice: BigInt(unitPrice) })),
  };
}
