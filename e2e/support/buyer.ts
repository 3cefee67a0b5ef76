import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@souk/kernel';
import { z } from 'zod';
import type { Reply } from './rest.ts';
import { errorOf, reasonOf, rest, restOk } from './rest.ts';

const guest = z.object({ tokens: z.object({ accessToken: z.string() }) });
const order = z.object({ orderId: z.string(), state: z.string() });

/** How a checkout ended for the buyer: with an order, or with a refusal that names the rejected order, if there is one. */
export type Outcome =
  | { readonly kind: 'ordered'; readonly orderId: string }
  | { readonly kind: 'refused'; readonly reason: string; readonly orderId: string | undefined };

/** Answers after which nobody can know what happened, so that one asks again with the same key. */
const UNKNOWN = new Set([409, 429, 502, 503, 504]);

/** A guest with one unit of a SKU in the cart. */
export class Buyer {
  readonly #token: string;

  private constructor(token: string) {
    this.#token = token;
  }

  /** Becomes a guest and fills the cart. */
  static async withInCart(sku: string): Promise<Buyer> {
    const { tokens } = await restOk(guest, 'POST', '/v1/guests', { body: {} });
    const body = { items: [{ sku, quantity: 1 }], currency: 'GBP', country: 'GB', requestId: newId() };
    await restOk(z.looseObject({}), 'POST', '/v1/carts/current/items', { token: tokens.accessToken, body });
    return new Buyer(tokens.accessToken);
  }

  /**
   * Checks out, with one key however often it takes, until the answer is final.
   *
   * @throws Error on an answer that is neither an order, a refusal with a reason, nor an "ask again"
   */
  async checkOut(withinMs: number): Promise<Outcome> {
    const deadline = Date.now() + withinMs;
    const headers = { 'idempotency-key': newId() };
    const body = {
      cartId: 'current',
      email: 'buyer@example.com',
      shippingAddress: {
        regionCode: 'GB',
        postalCode: 'N1 9GU',
        locality: 'London',
        addressLines: ['1 Kettle Row'],
      },
      paymentMethod: 'pm_card_visa',
    };
    for (;;) {
      const reply = await this.#call('POST', '/v1/orders', { body, headers });
      if (reply?.status === 200) {
        return this.#finalOutcome(order.parse(reply.json()).orderId, deadline);
      }
      if (reply !== undefined && !UNKNOWN.has(reply.status)) {
        return refusal(reply);
      }
      if (Date.now() > deadline) {
        throw new Error(`no final answer in time; last: ${reply?.text ?? 'none'}`);
      }
      await sleep(200);
    }
  }

  /** Waits until the order has ended one way or the other. */
  async #finalOutcome(orderId: string, deadline: number): Promise<Outcome> {
    for (;;) {
      const reply = await this.#call('GET', `/v1/orders/${orderId}`, {});
      const state = reply?.status === 200 ? order.parse(reply.json()).state : 'ORDER_STATE_PENDING';
      switch (state) {
        case 'ORDER_STATE_CONFIRMED':
          return { kind: 'ordered', orderId };
        case 'ORDER_STATE_REJECTED':
          return { kind: 'refused', reason: 'REJECTED', orderId };
      }
      if (Date.now() > deadline) {
        throw new Error(`order ${orderId} is still ${state}`);
      }
      await sleep(200);
    }
  }

  /** Undefined when the connection was lost. */
  async #call(method: string, path: string, options: Parameters<typeof rest>[2]): Promise<Reply | undefined> {
    return rest(method, path, { ...options, token: this.#token }).catch(() => undefined);
  }
}

function refusal(reply: Reply): Outcome {
  const reason = reasonOf(reply);
  if (reply.status >= 500 || reason === undefined) {
    throw new Error(`unclean refusal: ${String(reply.status)} ${reply.text}`);
  }
  const info = errorOf(reply).details.find((detail) => detail['@type'].endsWith('google.rpc.ErrorInfo'));
  const metadata = z.record(z.string(), z.string()).parse(info?.['metadata'] ?? {});
  return { kind: 'refused', reason, orderId: metadata['order_id'] };
}
