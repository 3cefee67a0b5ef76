import type { Envelope } from '@souk/messaging';
import { ensureIndexes, saveNext } from '@souk/mongo';
import type { Collection, Filter } from 'mongodb';
import type { DeliveryCursor, DeliveryFilter, DeliveryStore } from '../app/ports.ts';
import type { Delivery } from '../domain/delivery.ts';
import { type DeliveryDocument, deliveryIdOf, fromDocument, toDocument } from './delivery-document.ts';

/** Creates missing indexes. */
export async function prepareDeliveries(collection: Collection<DeliveryDocument>): Promise<void> {
  await ensureIndexes(collection, [
    { key: { createTime: -1, _id: -1 } },
    { key: { 'recipient.id': 1, createTime: -1, _id: -1 } },
    { key: { state: 1, createTime: -1, _id: -1 } },
  ]);
}

/** What the store is told from outside. */
export interface DeliveryTasks {
  /** The task of a delivery's next attempt, at least so many milliseconds from now. */
  readonly toTask: (delivery: Delivery, delayMs: number) => Envelope;
  /** Told after a task was stored, to relay it at once. */
  readonly onSaved: () => void;
}

/** Deliveries in MongoDB: a delivery and the task of its next attempt are one document, written at once. */
export function mongoDeliveries(
  collection: Collection<DeliveryDocument>,
  { toTask, onSaved }: DeliveryTasks,
): DeliveryStore {
  const store = async (delivery: Delivery, inMs: number | undefined): Promise<boolean> => {
    const tasks = inMs === undefined ? [] : [toTask(delivery, inMs)];
    const saved = await saveNext(collection, toDocument(delivery), tasks);
    if (saved && tasks.length > 0) onSaved();
    return saved;
  };

  return {
    idOf: deliveryIdOf,

    async find(deliveryId) {
      const document = await collection.findOne({ _id: deliveryId });
      return document === null ? undefined : fromDocument(document);
    },

    async list(filter, after, limit) {
      const documents = await collection
        .find({ ...matching(filter), ...(after && olderThan(after)) })
        .sort({ createTime: -1, _id: -1 })
        .limit(limit)
        .toArray();
      return documents.map(fromDocument);
    },

    async add(delivery) {
      await store(delivery, 0);
    },

    save: store,
  };
}

function matching({ recipientId, state }: DeliveryFilter): Filter<DeliveryDocument> {
  return {
    ...(recipientId === undefined ? {} : { 'recipient.id': recipientId }),
    ...(state === undefined ? {} : { state }),
  };
}

function olderThan({ createTime, deliveryId }: DeliveryCursor): Filter<DeliveryDocument> {
  return { $or: [{ createTime: { $lt: createTime } }, { createTime, _id: { $lt: deliveryId } }] };
}
