import { type Clock, Money, notFound } from '@souk/kernel';
import type { Envelope } from '@souk/messaging';
import { type Aggregate, saveNext } from '@souk/mongo';
import type { Collection } from 'mongodb';
import type { PromotionCursor, PromotionStore, StoredPromotion } from '../app/ports.ts';
import type { Promotion } from '../domain/promotion.ts';
import { endOf, type StoredInstant, startOf, toStored } from './instants.ts';

/** A promotion; `_id` is its id. */
export interface PromotionDocument extends Aggregate {
  title: string;
  threshold: { currency: string; minor: bigint | number };
  basisPoints: number;
  from: StoredInstant;
  to: StoredInstant;
  paused: boolean;
  createTime: Date;
  updateTime: Date;
}

/** Promotions in MongoDB; a change and its fact are one atomic write. */
export class MongoPromotions implements PromotionStore {
  readonly #collection: Collection<PromotionDocument>;
  readonly #fact: (promotion: StoredPromotion) => Envelope;
  readonly #changed: () => void;
  readonly #clock: Clock;

  /** @param changed - called after writes, to wake the relay. */
  constructor(
    collection: Collection<PromotionDocument>,
    fact: (promotion: StoredPromotion) => Envelope,
    changed: () => void,
    clock: Clock,
  ) {
    this.#collection = collection;
    this.#fact = fact;
    this.#changed = changed;
    this.#clock = clock;
  }

  async create(promotion: Promotion): Promise<StoredPromotion> {
    const now = this.#clock.now();
    const created = { ...promotion, version: 1, createTime: now, updateTime: now };
    return (await this.#save(created)) ? created : await this.#get(promotion.id);
  }

  async update(id: string, change: (current: StoredPromotion) => Promotion): Promise<StoredPromotion> {
    for (;;) {
      const current = await this.#get(id);
      const { createTime } = current;
      const next = {
        ...change(current),
        version: current.version + 1,
        createTime,
        updateTime: this.#clock.now(),
      };
      if (await this.#save(next)) return next;
    }
  }

  async list(after: PromotionCursor | undefined, limit: number): Promise<StoredPromotion[]> {
    const older =
      after === undefined
        ? {}
        : {
            $or: [
              { createTime: { $lt: after.createTime } },
              { createTime: after.createTime, _id: { $lt: after.id } },
            ],
          };
    const documents = await this.#collection
      .find(older)
      .sort({ createTime: -1, _id: -1 })
      .limit(limit)
      .toArray();
    return documents.map(fromPromotionDocument);
  }

  async #save(promotion: StoredPromotion): Promise<boolean> {
    const saved = await saveNext(this.#collection, toPromotionDocument(promotion), [this.#fact(promotion)]);
    if (saved) this.#changed();
    return saved;
  }

  async #get(id: string): Promise<StoredPromotion> {
    const document = await this.#collection.findOne({ _id: id });
    if (document === null)
      throw notFound('PROMOTION_NOT_FOUND', 'There is no such promotion.', {
        metadata: { promotion_id: id },
      });
    return fromPromotionDocument(document);
  }
}

/** A stored promotion. */
export function fromPromotionDocument(document: PromotionDocument): StoredPromotion {
  const { _id, title, threshold, basisPoints, from, to, paused, version, createTime, updateTime } = document;
  return {
    id: _id,
    title,
    threshold: Money.of(threshold.currency, BigInt(threshold.minor)),
    basisPoints,
    from: startOf(from),
    to: endOf(to),
    paused,
    version,
    createTime,
    updateTime,
  };
}

function toPromotionDocument(promotion: StoredPromotion): PromotionDocument {
  const { id, threshold, from, to, ...rest } = promotion;
  const { currency, minor } = threshold;
  return { _id: id, ...rest, threshold: { currency, minor }, from: toStored(from), to: toStored(to) };
}
