import { withFields } from '../domain/promotion-input.ts';
import type { Promotion } from '../domain/promotion.ts';
import type { PromotionStore, RuleBook, StoredPromotion } from './ports.ts';

/** Changes promotions. */
export class UpdatePromotion {
  readonly #store: PromotionStore;
  readonly #rules: RuleBook;

  constructor(store: PromotionStore, rules: RuleBook) {
    this.#store = store;
    this.#rules = rules;
  }

  /**
   * Changes the fields that the mask names.
   *
   * @param requireVersion - throws when the promotion is not the one the caller has read.
   * @throws DomainError `PROMOTION_NOT_FOUND`, `FIELD_MASK_INVALID`, `AMOUNT_INVALID`, `VALIDITY_INVALID`.
   */
  async update(
    next: Promotion,
    mask: readonly string[],
    requireVersion: (version: number) => void,
  ): Promise<StoredPromotion> {
    const updated = await this.#store.update(next.id, (current) => {
      requireVersion(current.version);
      return withFields(current, next, mask);
    });
    this.#rules.refresh();
    return updated;
  }
}
