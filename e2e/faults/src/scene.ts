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

/** A guest with a full cart. */
export interface Buyer {
  readonly buyerId: string;
  readonly token: string;
  readonly requestId: string;
  /** Units in the cart. */
  readonly wanted: number;
}

/** A product that only this round sells, and those who want it. */
export interface Scene {
  readonly sku: string;
  readonly units: number;
  readonly buyers: readonly Buyer[];
}

/** Makes a product, receives exactly `units` of it, and has a guest for each entry of `wanted` put so many in their cart. */
export async function setScene(units: number, wanted: readonly number[]): Promise<Scene> {
  const sku = await newGoods(units);
  const ready = await mapInFlight(wanted, SET_UP_IN_FLIGHT, (each) => newBuyer(sku, each));
  return { sku, units, buyers: ready };
}

/** More than one unit comes as two lines of the same SKU. */
async function newBuyer(sku: string, wanted: number): Promise<Buyer> {
  const { tokens } = await eventually(() => restOk(session, 'POST', '/v1/guests', { body: {} }));
  const { accessToken: token } = tokens;
  const rest = wanted > 1 ? [{ sku, quantity: wanted - 1 }] : [];
  const body = { items: [{ sku, quantity: 1 }, ...rest], currency: 'GBP', country: 'GB', requestId: newId() };
  const { lines } = await eventually(() => restOk(cart, 'POST', '/v1/carts/current/items', { token, body }));
  if (lines.reduce((sum, { quantity }) => sum + quantity, 0) !== wanted)
    throw new Error(`a cart holds ${JSON.stringify(lines)} instead of ${wanted} units`);
  return { buyerId: z.uuid().parse(decodeJwt(token).sub), token, requestId: newId(), wanted };
}
