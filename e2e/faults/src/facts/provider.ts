import { z } from 'zod';
import { providerKey, readPlatform } from '../../../support/platform.ts';
import type { ProviderBooks } from './facts.ts';

const PAGE = 1_000;
/** The provider's times are whole seconds. */
const SPARE_S = 2;

const event = z.object({ id: z.string(), data: z.object({ object: z.looseObject({ object: z.string() }) }) });
const intent = z.object({
  id: z.string(),
  amount_capturable: z.coerce.bigint(),
  metadata: z.object({ order_id: z.string() }),
});
const movement = z.object({
  id: z.string(),
  type: z.string(),
  payment_intent: z.string(),
  source: z.string(),
  amount: z.coerce.bigint(),
});

/**
 * Reads the provider's own books over HTTP: every payment that was ever begun for one of the orders since a time,
 * whether the payment service knows of it or not, and the movements of money that came of them.
 */
export async function readProvider(orderIds: ReadonlySet<string>, since: Date): Promise<ProviderBooks> {
  const from = String(Math.floor(since.getTime() / 1_000) - SPARE_S);
  const events = await readAll(event, `/v1/events?created_gte=${from}`);
  // Events are told in order: the last one about a payment shows how it stands.
  const intents = new Map(
    events
      .map(({ data }) => data.object)
      .filter(({ object }) => object === 'payment_intent')
      .map((object) => intent.parse(object))
      .filter(({ metadata }) => orderIds.has(metadata.order_id))
      .map((each) => [each.id, each]),
  );
  const movements = await readAll(movement, `/v1/balance_transactions?created_gte=${from}`);
  return {
    intents: [...intents.values()].map(({ id, amount_capturable: held, metadata }) => ({
      intentId: id,
      orderId: metadata.order_id,
      held,
    })),
    movements: movements.flatMap(({ type, payment_intent: id, source, amount }) => {
      const of = intents.get(id);
      return of === undefined ? [] : [{ orderId: of.metadata.order_id, type, source, amount }];
    }),
  };
}

async function readAll<Shape extends z.ZodType<{ id: string }>>(
  shape: Shape,
  path: string,
): Promise<z.infer<Shape>[]> {
  const page = z.object({ data: z.array(shape), has_more: z.boolean() });
  const all: z.infer<Shape>[] = [];
  for (let after = ''; ; after = `&starting_after=${all.at(-1)?.id ?? ''}`) {
    const url = `${readPlatform().simulators['payment-provider'] ?? ''}${path}&limit=${PAGE}${after}`;
    const response = await fetch(url, { headers: { authorization: `Bearer ${providerKey()}` } });
    const { data, has_more: hasMore } = page.parse(await response.json());
    all.push(...data);
    if (!hasMore) return all;
  }
}
