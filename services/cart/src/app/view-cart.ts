import { type Logger, Money } from '@souk/kernel';
import { type AssessedCart, assess, type CartQuote } from '../domain/assessment.ts';
import type { Cart, CartContext } from '../domain/cart.ts';
import type { Availability, Quotes } from './ports.ts';

/** Prices a cart and checks it against stock, both at the same time. */
export class ViewCart {
  readonly #quotes: Quotes;
  readonly #availability: Availability;
  readonly #log: Logger;

  constructor(quotes: Quotes, availability: Availability, log: Logger) {
    this.#quotes = quotes;
    this.#availability = availability;
    this.#log = log;
  }

  /** Never fails because pricing or inventory do: the cart then says what is missing. */
  async view(ownerId: string, cart: Cart): Promise<AssessedCart> {
    if (cart.lines.length === 0) return assess(cart, nothing(cart), new Map());
    const skus = cart.lines.map(({ sku }) => sku);
    const [quote, stock] = await Promise.all([
      this.#attempt('pricing', this.#quotes.quote(ownerId, cart)),
      this.#attempt('inventory', this.#availability.stock(skus)),
    ]);
    return assess(cart, quote, stock);
  }

  async #attempt<T>(service: string, call: Promise<T>): Promise<T | undefined> {
    try {
      return await call;
    } catch (error) {
      this.#log.warn({ err: error, service }, 'a cart is shown without its part');
      return undefined;
    }
  }
}

function nothing({ currency }: CartContext): CartQuote {
  const zero = Money.zero(currency);
  return { lines: new Map(), totals: { list: zero, discount: zero, tax: zero, total: zero }, promotions: [] };
}
