import { newId } from '@souk/kernel';
import { checkPromotion } from '../domain/promotion-input.ts';
import type { Promotion } from '../domain/promotion.ts';
import type { PromotionStore, RuleBook, StoredPromotion } from './ports.ts';

/** Creates promotions. */
export class CreatePromotion {
  readonly #store: PromotionStore;
  readonly #rules: RuleBook;

  constructor(store: PromotionStore, rules: RuleBook) {
    this.#store = store;
    this.#rules = rules;
  }

  /**
   * Creates a promotion. A request id becomes its id, so that a repeated call cannot create a second one.
   *
   * @throws DomainError `AMOUNT_INVALID`, `VALIDITY_INVALID`.
   */
  async create(promotion: Omit<Promotion, 'id'>, requestId: string | undefined): Promise<StoredPromotion> {
    const created = await this.#store.create(checkPromotion({ ...promotion, id: requestId ?? newId() }));
    this.#rules.refresh();
    return created;
  }
}
