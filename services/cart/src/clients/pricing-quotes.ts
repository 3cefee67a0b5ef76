import type { Client } from '@connectrpc/connect';
import type { Money as MoneyMessage } from '@souk/gen/google/type/money_pb';
import type { PricingService } from '@souk/gen/souk/pricing/v1/pricing_service_pb';
import type { Money } from '@souk/kernel';
import { moneyFromProto } from '@souk/rpc';
import type { Quotes } from '../app/ports.ts';
import type { CartQuote } from '../domain/assessment.ts';
import type { Cart } from '../domain/cart.ts';

/** How long a cart waits for its prices, in milliseconds, before it is shown without. */
const TIMEOUT_MS = 800;

/** What lines cost, according to pricing. */
export class PricingQuotes implements Quotes {
  readonly #pricing: Pick<Client<typeof PricingService>, 'quoteLines'>;

  constructor(pricing: Pick<Client<typeof PricingService>, 'quoteLines'>) {
    this.#pricing = pricing;
  }

  async quote(ownerId: string, { currency, country, lines }: Cart): Promise<CartQuote> {
    const { quote } = await this.#pricing.quoteLines(
      {
        currency,
        country,
        customerId: ownerId,
        lines: lines.map(({ sku, quantity }) => ({ lineId: sku, sku, quantity })),
        unsigned: true,
      },
      { timeoutMs: TIMEOUT_MS },
    );
    const totals = quote?.totals;
    return {
      lines: new Map(
        (quote?.lines ?? []).map((line) => [
          line.sku,
          {
            unitPrice: amount(line.unitPrice),
            list: amount(line.listAmount),
            discount: amount(line.discount),
            tax: amount(line.tax),
            total: amount(line.total),
          },
        ]),
      ),
      totals: {
        list: amount(totals?.listAmount),
        discount: amount(totals?.discount),
        tax: amount(totals?.tax),
        total: amount(totals?.total),
      },
      promotions: (quote?.promotions ?? []).map(({ promotionId, title, discount }) => ({
        id: promotionId,
        title,
        discount: amount(discount),
      })),
    };
  }
}

function amount(message: MoneyMessage | undefined): Money {
  return moneyFromProto(message, 'quote');
}
