import { isDuplicateKey } from '@souk/mongo';
import type { Collection } from 'mongodb';
import type { PurchaseStore } from '../app/ports.ts';
import { keepsSome, type OrderedUnits, type PurchaseChange, type PurchaseKey } from '../domain/purchase.ts';

/** A customer's purchases of a product, by order. */
export interface PurchaseDocument {
  /** `<customer>:<product>` */
  _id: string;
  orders: Record<string, OrderedUnits>;
}

/** Purchases in MongoDB. Every change sets its own field to its own value, so that it can come twice and in any order. */
export function mongoPurchases(collection: Collection<PurchaseDocument>): PurchaseStore {
  return {
    async record(changes) {
      const fields = Map.groupBy(changes, idOf);
      const writes = [...fields].map(([_id, own]) => ({
        updateOne: {
          filter: { _id },
          update: { $set: Object.fromEntries(own.map((change) => [pathOf(change), change.quantity])) },
          upsert: true,
        },
      }));
      try {
        await collection.bulkWrite(writes, { ordered: false });
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        // Another replica made one of the documents first; now that it is there, all can be updated.
        await collection.bulkWrite(writes, { ordered: false });
      }
    },

    async keepsSome(key) {
      const document = await collection.findOne({ _id: idOf(key) });
      return document !== null && keepsSome(Object.values(document.orders));
    },
  };
}

function idOf({ customerId, productId }: PurchaseKey): string {
  return `${customerId}:${productId}`;
}

function pathOf({ orderId, kind, occasion }: PurchaseChange): string {
  if (kind === 'given-back') return `orders.${orderId}.givenBack.${occasion}`;
  return occasion === '' ? `orders.${orderId}.bought` : `orders.${orderId}.boughtLater.${occasion}`;
}
