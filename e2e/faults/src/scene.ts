import { newId } from '@souk/kernel';
import { eventually } from '@souk/testing';
import { decodeJwt } from 'jose';
import { z } from 'zod';
import { restOk } from '../../support/rest.ts';
import { newGoods } from './goods.ts';
import { mapInFlight } from './in-flight.ts';

const SET_UP_IN_FLIGHT = 16;

const session = z.object({ tokens: z.object({ accessToken: z.string() }) });
const cart = z.object({ lines: z.array(z.object({ sku: z.string(), quantity: z.number() })) });

/** A guest with one unit in the cart. */
export interface Buyer {
  readonly buyerId: string;
  readonly token: string;
  readonly requestId: string;
}

/** A product that only this round sells, and those who want it. */
export interface Scene {
  readonly sku: string;
  readonly units: number;
  readonly buyers: readonly Buyer[];
}

/** Makes a product, receives exactly `units` of it, and has `buyers` guests put one in their carts. */
export async function setScene(units: number, buyers: number): Promise<Scene> {
  const sku = await newGoods(units);
  const ready = await mapInFlight(Array.from({ length: buyers }), SET_UP_IN_FLIGHT, () => newBuyer(sku));
  return { sku, units, buyers: ready };
}

async function newBuyer(sku: string): Promise<Buyer> {
  const { tokens } = await eventually(() => restOk(session, 'POST', '/v1/guests', { body: {} }));
  const { accessToken: token } = tokens;
  const body = { items: [{ sku, quantity: 1 }], currency: 'GBP', country: 'GB', requestId: newId() };
  const { lines } = await eventually(() => restOk(cart, 'POST', '/v1/carts/current/items', { token, body }));
  if (lines[0]?.quantity !== 1) throw new Error(`a cart holds ${JSON.stringify(lines)} instead of one unit`);
  return { buyerId: z.uuid().parse(decodeJwt(token).sub), token, requestId: newId() };
}
