import type { SalesFact } from '../domain/sales-fact.ts';

/** A sales fact in MongoDB. Amounts and counts are 64-bit integers, never doubles. */
export interface FactDocument extends Omit<SalesFact, 'factId'> {
  readonly _id: string;
  /** When it was written here; not part of the fact. */
  readonly ingestTime: Date;
}

/** The document of a fact. */
export function toDocument({ factId, ...fact }: SalesFact, ingestTime: Date): FactDocument {
  return { _id: factId, ...fact, ingestTime };
}

const COMPARED = [
  'orderId',
  'day',
  'sku',
  'country',
  'currency',
  'gross',
  'discount',
  'refund',
  'tax',
  'units',
  'returnedUnits',
  'orders',
  'skuOrders',
] as const;

/** Whether two documents hold the same fact. */
export function isSameFact(a: FactDocument, b: FactDocument): boolean {
  return a._id === b._id && COMPARED.every((field) => a[field] === b[field]);
}
