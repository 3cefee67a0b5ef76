import type { Cache, Script } from '@souk/cache';
import { type Clock, newId } from '@souk/kernel';
import type { CartChange, CartRef, CartStore } from '../app/ports.ts';
import { type Cart, DEFAULT_CONTEXT, lifetimeOf, MAX_LINES, MAX_QUANTITY } from '../domain/cart.ts';
import type { LineCommand } from '../domain/line-command.ts';
import { cartOf } from './cart-fields.ts';
import { CANCEL, CHANGE, DISCARD, READ, RESERVE } from './cart-scripts.ts';
import { refusalOf } from './refusals.ts';

/** Carts in Redis; each call is one script, that is one atomic step and one round trip. */
export class RedisCarts implements CartStore {
  readonly #cache: Cache;
  readonly #clock: Clock;

  constructor(cache: Cache, clock: Clock) {
    this.#cache = cache;
    this.#clock = clock;
  }

  async read(ownerId: string, ref: CartRef): Promise<Cart | undefined> {
    return cartUnlessAbsent(await this.#run(READ, ownerId, [idOf(ref)]));
  }

  async change(change: CartChange): Promise<Cart> {
    const { ownerId, ownerKind, ref, create, commands, context, version, operation } = change;
    const reply = await this.#run(CHANGE, ownerId, [
      this.#clock.now().getTime(),
      idOf(ref),
      create ? newId() : '',
      operation?.id ?? '',
      operation?.fingerprint ?? '',
      version?.toString() ?? '',
      ownerKind === undefined ? '' : lifetimeOf(ownerKind),
      context.currency ?? '',
      context.country ?? '',
      DEFAULT_CONTEXT.currency,
      DEFAULT_CONTEXT.country,
      MAX_LINES,
      MAX_QUANTITY,
      ...commands.flatMap(argumentsOf),
    ]);
    const [status, ...rest] = reply;
    if (status !== 'OK') throw refusalOf(reply);
    return cartOf(rest);
  }

  async reserveForMerge(ownerId: string, intoOwnerId: string): Promise<Cart | undefined> {
    return cartUnlessAbsent(await this.#run(RESERVE, ownerId, [intoOwnerId]));
  }

  async cancelMerge(ownerId: string, cartId: string): Promise<void> {
    await this.#run(CANCEL, ownerId, [cartId]);
  }

  async discard(ownerId: string, cartId: string): Promise<void> {
    await this.#run(DISCARD, ownerId, [cartId]);
  }

  async #run(script: Script, ownerId: string, args: (string | number)[]): Promise<string[]> {
    // The braces make all keys of one owner live on one node of a cluster.
    const reply = await this.#cache.run(script, [`{${ownerId}}:current`], args);
    if (!Array.isArray(reply)) throw new TypeError('a cart script replied with something else than a list');
    return reply.map(String);
  }
}

function cartUnlessAbsent(reply: readonly string[]): Cart | undefined {
  const [status, ...rest] = reply;
  if (status === 'CART_NOT_FOUND') return undefined;
  if (status !== 'OK') throw refusalOf(reply);
  return cartOf(rest);
}

function idOf(ref: CartRef): string {
  return ref === 'current' ? '' : ref.id;
}

function argumentsOf(command: LineCommand): (string | number)[] {
  switch (command.kind) {
    case 'clear':
      return [command.kind, '', '', ''];
    case 'remove':
      return [command.kind, command.sku, '', ''];
    case 'set':
    case 'reduce':
      return [command.kind, command.sku, command.quantity, ''];
    default:
      return [command.kind, command.sku, command.quantity, JSON.stringify(command.info)];
  }
}
