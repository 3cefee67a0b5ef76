import { aborted } from '@souk/kernel';
import { type Aggregate, saveNext } from '@souk/mongo';
import type { Collection } from 'mongodb';
import type { RateInput, TaxStore } from '../app/ports.ts';
import { taxKey } from '../domain/quote.ts';
import { type TaxSchedule, withRate } from '../domain/tax.ts';
import { type StoredInstant, startOf, toStored } from './instants.ts';

/** All rates of one class in one country; `_id` is `<country>/<tax class>`. */
export interface TaxDocument extends Aggregate {
  country: string;
  taxClass: string;
  rates: { from: StoredInstant; basisPoints: number }[];
}

const ATTEMPTS = 5;

/** Tax rates in MongoDB. */
export class MongoTaxes implements TaxStore {
  readonly #collection: Collection<TaxDocument>;

  constructor(collection: Collection<TaxDocument>) {
    this.#collection = collection;
  }

  async set(inputs: readonly RateInput[]): Promise<void> {
    const bySchedule = Map.groupBy(inputs, ({ country, taxClass }) => taxKey(country, taxClass));
    for (const [id, group] of bySchedule) await this.#setAll(id, group);
  }

  async #setAll(id: string, inputs: readonly RateInput[]): Promise<void> {
    const [first] = inputs;
    if (first === undefined) return;
    const { country, taxClass } = first;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const stored = await this.#collection.findOne({ _id: id });
      const before = stored === null ? { country, taxClass, rates: [] } : fromTaxDocument(stored);
      const next = inputs.reduce<TaxSchedule>((schedule, { rate }) => withRate(schedule, rate), before);
      if (JSON.stringify(next) === JSON.stringify(before)) return;
      const rates = next.rates.map(({ from, basisPoints }) => ({ from: toStored(from), basisPoints }));
      const document = { _id: id, version: (stored?.version ?? 0) + 1, country, taxClass, rates };
      if (await saveNext(this.#collection, document)) return;
    }
    throw aborted('CONCURRENT_UPDATE', 'The rates are being changed by others.', { retryAfterMs: 200 });
  }
}

/** A stored schedule. */
export function fromTaxDocument({ country, taxClass, rates }: TaxDocument): TaxSchedule {
  return {
    country,
    taxClass,
    rates: rates.map(({ from, basisPoints }) => ({ from: startOf(from), basisPoints })),
  };
}
