import { newId } from '@souk/kernel';
import { z } from 'zod';
import { restOk } from '../../../support/rest.ts';
import type { MethodContract } from '../../../../tools/generate/contract/contract.ts';
import { callEdge } from '../calling/edge-call.ts';
import { servedAtEdge } from '../served.ts';
import { type Account, newAccount, type Person } from '../people.ts';
import { validRequest } from '../requests/generate.ts';
import { IdPool } from './pool.ts';

/** A shopper with objects of every kind that shoppers can have. */
export interface Life {
  readonly person: Account;
  /** Ids of whatever the shopper has seen. */
  readonly pool: IdPool;
  /** Texts that nobody else may see. */
  readonly secrets: readonly string[];
}

const anything = z.looseObject({});
const listed = z.object({
  products: z.array(
    z.looseObject({ productId: z.string(), variants: z.array(z.looseObject({ sku: z.string() })) }),
  ),
});
const placed = z.looseObject({ orderId: z.string(), lines: z.array(z.looseObject({ lineId: z.string() })) });

/** Rules whose RPCs belong to the caller's own life. */
const OWN: ReadonlySet<string> = new Set(['guest', 'user']);
const READS = servedAtEdge.filter(
  ({ auth, readOnly, serverStreaming }) => readOnly && !serverStreaming && OWN.has(auth?.kind ?? ''),
);
const WRITES = servedAtEdge.filter(({ auth, readOnly }) => !readOnly && OWN.has(auth?.kind ?? ''));

/** Lives a shopper's life: orders, then does whatever the contracts let a shopper do, and looks at everything. */
export async function liveOn(name: string, seed: number): Promise<Life> {
  const person = await newAccount(name);
  const street = `${name} street ${newId()}`;
  const pool = new IdPool();
  pool.add('account_id', person.accountId);
  await buy(person, street, pool);
  await look(person, pool);
  for (const method of WRITES) {
    const message = validRequest(method.desc.input, seed, (field) => pool.forField(field));
    if (message === undefined) continue;
    const answer = await callEdge('REST', method, message, { token: person.token() });
    if (answer.code === 'OK') pool.collect(parse(answer.text));
    await stayIn(person);
  }
  await buy(person, street, pool);
  await look(person, pool);
  return { person, pool, secrets: [person.email, street] };
}

/** What the shopper sees of its objects now, without what changes by itself. */
export async function look(person: Person, pool: IdPool): Promise<string> {
  const seen: string[] = [];
  for (const method of READS) {
    const message = validRequest(method.desc.input, 1, (field) => pool.forField(field));
    if (message === undefined) continue;
    const answer = await callEdge('REST', method, message, { token: person.token() });
    if (answer.code !== 'OK') continue;
    const json = parse(answer.text);
    pool.collect(json);
    seen.push(`${method.fullName} ${JSON.stringify(json, lasting)}`);
  }
  return seen.join('\n');
}

/** Everything that the public sees of the same objects. */
export async function publicIds(pool: IdPool): Promise<ReadonlySet<string>> {
  const seen = new IdPool();
  for (const method of servedAtEdge.filter(isPublicRead)) {
    const message = validRequest(method.desc.input, 1, (field) => pool.forField(field));
    if (message === undefined) continue;
    const answer = await callEdge('REST', method, message);
    if (answer.code === 'OK') seen.collect(parse(answer.text));
  }
  return seen.all();
}

function isPublicRead({ auth, readOnly, serverStreaming }: MethodContract): boolean {
  return auth?.kind === 'public' && readOnly && !serverStreaming;
}

async function buy(person: Person, street: string, pool: IdPool): Promise<void> {
  const token = person.token();
  const { products } = await restOk(listed, 'GET', '/v1/products?page_size=20');
  for (const product of products) {
    const sku = product.variants[0]?.sku ?? '';
    const filled = { requestId: newId(), items: [{ sku, quantity: 2 }], currency: 'GBP', country: 'GB' };
    await restOk(anything, 'POST', '/v1/carts/current/items', { token, body: filled });
    const body = {
      requestId: newId(),
      cartId: 'current',
      email: 'buyer@example.com',
      shippingAddress: { regionCode: 'GB', postalCode: 'N1 9GU', locality: 'London', addressLines: [street] },
      paymentMethod: 'pm_card_visa',
    };
    const order = await restOk(placed, 'POST', '/v1/orders', { token, body }).catch(() => undefined);
    await restOk(anything, 'POST', '/v1/carts/current:clear', { token, body: {} }).catch(() => undefined);
    if (order === undefined) continue;
    pool.collect(order);
    const lines = order.lines.slice(0, 1).map(({ lineId }) => ({ lineId, quantity: 1 }));
    const back = { requestId: newId(), lines, reason: 'RETURN_REASON_UNWANTED' };
    const path = `/v1/orders/${order.orderId}/returns`;
    await restOk(anything, 'POST', path, { token, body: back }).then(
      (json) => {
        pool.collect(json);
      },
      () => undefined,
    );
    return;
  }
  throw new Error('nothing could be bought');
}

/** Signs in again when the last call ended the session. */
async function stayIn(person: Person): Promise<void> {
  const probe = READS.find((method) => method.desc.name === 'GetCart') ?? READS[0];
  const message = probe === undefined ? undefined : validRequest(probe.desc.input, 1);
  if (probe === undefined || message === undefined) return;
  const answer = await callEdge('REST', probe, message, { token: person.token() });
  if (answer.code === 'UNAUTHENTICATED') await person.renew();
}

function lasting(key: string, value: unknown): unknown {
  return /time$|token|etag|expire|quote|availab|problem/i.test(key) ? undefined : value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
