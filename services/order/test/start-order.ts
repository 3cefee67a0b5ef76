import { randomUUID } from 'node:crypto';
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { Timestamp } from '@bufbuild/protobuf/wkt';
import type { Client } from '@connectrpc/connect';
import type { PostalAddressSchema } from '@souk/gen/google/type/postal_address_pb';
import { type CheckoutTenderSchema, OrderService } from '@souk/gen/souk/order/v1/order_service_pb';
import { errorInfoOf } from '@souk/rpc';
import { startTestService, type TestService } from '@souk/testing';
import { service } from '../src/service.ts';
import { World } from './world.ts';

/** The order service over real engines, with a world of fakes around it. */
export interface TestOrder {
  readonly service: TestService;
  readonly world: World;
  /** Someone who shops; every call makes another one. */
  shopper(kind?: 'guest' | 'user'): Shopper;
  /** A client of someone who holds permissions. */
  staff(...permissions: string[]): Client<typeof OrderService>;
}

/** What a buyer sends, in the parts that tests change. */
interface PlaceOrderFields {
  requestId: string;
  cartId: string;
  email: string;
  paymentMethod: string;
  shippingAddress: MessageInitShape<typeof PostalAddressSchema>;
  cartEtag?: string;
  tenders?: MessageInitShape<typeof CheckoutTenderSchema>[];
  deviceId?: string;
  orderTime?: Timestamp;
  backdatingGrant?: string;
}

/** A buyer and what they send. */
export interface Shopper {
  readonly id: string;
  readonly client: Client<typeof OrderService>;
  /** A valid request for some units. */
  request(lines: Record<string, number>, changes?: Partial<PlaceOrderFields>): PlaceOrderFields;
}

/** Starts it; prices and stock of `A`, `B` and `C` are there. */
export async function startOrder(
  env: Record<string, string> = {},
  engines: { postgres?: string } = {},
): Promise<TestOrder> {
  const world = new World();
  world.prices.set('A', 1_000n).set('B', 333n).set('C', 5n).set('OLD', 1n);
  for (const sku of ['A', 'B', 'C', 'OLD']) world.stock.set(sku, 1_000);
  const started = await startTestService(service, {
    env: { SOUK_ORDER_SAGA_LEASE_MS: '6000', SOUK_ORDER_SAGA_POLL_MS: '50', ...env },
    fakes: world.fakes(),
    engines,
  });
  world.sign = started.signAs;
  return {
    service: started,
    world,
    shopper(kind = 'guest') {
      const id = randomUUID();
      return {
        id,
        client: started.client(OrderService, { principal: { kind, id } }),
        request: (lines, changes = {}) => ({
          requestId: randomUUID(),
          cartId: world.addCart(id, lines),
          email: 'ada@example.org',
          shippingAddress: {
            regionCode: 'GB',
            postalCode: 'N1 9GU',
            locality: 'London',
            addressLines: ['1 Pentonville Road'],
            recipients: ['Ada Lovelace'],
          },
          paymentMethod: 'pm_card_visa',
          ...changes,
        }),
      };
    },
    staff: (...permissions) =>
      started.client(OrderService, { principal: { kind: 'user', id: randomUUID(), permissions } }),
  };
}

/** The reason and metadata with which a call was refused; `undefined` when it was not. */
export async function refusalOf(
  call: Promise<unknown>,
): Promise<{ reason: string; metadata: Record<string, string> } | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    const info = errorInfoOf(error);
    if (info === undefined) throw error;
    return { reason: info.reason, metadata: info.metadata };
  }
}
