import { randomUUID } from 'node:crypto';
import { create } from '@bufbuild/protobuf';
import { type Client, Code, ConnectError } from '@connectrpc/connect';
import { CartService } from '@souk/gen/souk/cart/v1/cart_service_pb';
import { CatalogService } from '@souk/gen/souk/catalog/v1/catalog_service_pb';
import { InventoryService } from '@souk/gen/souk/inventory/v1/inventory_service_pb';
import { PricingService } from '@souk/gen/souk/pricing/v1/pricing_service_pb';
import { QuoteSchema } from '@souk/gen/souk/pricing/v1/quote_pb';
import { Money } from '@souk/kernel';
import { errorInfoOf, implement, moneyToProto } from '@souk/rpc';
import { startTestService, type TestService } from '@souk/testing';
import { cart } from '../src/service.ts';

/** What the fakes of the other services do. */
export interface Surroundings {
  pricingDown: boolean;
  inventoryDown: boolean;
  /** Units by SKU; 100 if left out. */
  readonly stock: Map<string, bigint>;
}

/** A guest or an account. */
export interface Shopper {
  readonly kind: 'guest' | 'user';
  readonly id: string;
}

/** Cart on a real Redis, with fakes of the services it asks. Everything costs 1.00 plus 20 % tax. */
export async function startCart(): Promise<{ service: TestService; surroundings: Surroundings }> {
  const surroundings: Surroundings = { pricingDown: false, inventoryDown: false, stock: new Map() };
  const down = (): never => {
    throw new ConnectError('down', Code.Unavailable);
  };
  const fakes = [
    implement(CatalogService, {
      batchGetVariants: ({ skus }) => ({
        variants: skus
          .filter((sku) => !sku.startsWith('UNKNOWN'))
          .map((sku) => ({
            sku,
            productId: `product-of-${sku}`,
            title: 'red',
            productTitle: `Title of ${sku}`,
            active: !sku.startsWith('OLD'),
          })),
      }),
    }),
    implement(PricingService, {
      quoteLines: ({ currency, lines }) => {
        if (surroundings.pricingDown) down();
        const amounts = (units: number) => ({
          listAmount: moneyToProto(Money.of(currency, 100 * units)),
          discount: moneyToProto(Money.zero(currency)),
          netAmount: moneyToProto(Money.of(currency, 100 * units)),
          tax: moneyToProto(Money.of(currency, 20 * units)),
          total: moneyToProto(Money.of(currency, 120 * units)),
        });
        const priced = lines.filter(({ sku }) => !sku.startsWith('FREE'));
        return {
          quote: create(QuoteSchema, {
            lines: priced.map((line) => ({
              lineId: line.lineId,
              sku: line.sku,
              quantity: line.quantity,
              unitPrice: moneyToProto(Money.of(currency, 100)),
              ...amounts(line.quantity),
            })),
            totals: amounts(priced.reduce((units, { quantity }) => units + quantity, 0)),
          }),
        };
      },
    }),
    implement(InventoryService, {
      batchGetAvailability: ({ skus }) => {
        if (surroundings.inventoryDown) down();
        return {
          availabilities: skus.map((sku) => ({ sku, available: surroundings.stock.get(sku) ?? 100n })),
        };
      },
    }),
  ];
  return { service: await startTestService(cart, { fakes }), surroundings };
}

/** A new guest. */
export const guest = (): Shopper => ({ kind: 'guest', id: randomUUID() });

/** A new account. */
export const account = (): Shopper => ({ kind: 'user', id: randomUUID() });

/** A client that acts as a shopper. */
export function shopping(service: TestService, shopper: Shopper): Client<typeof CartService> {
  return service.client(CartService, { principal: shopper });
}

/** The reason of a failed call; undefined when it succeeds. */
export async function reasonOf(call: Promise<unknown>): Promise<string | undefined> {
  return call.then(
    () => undefined,
    (error: unknown) => errorInfoOf(error)?.reason ?? String(error),
  );
}

/** Quantities by SKU. */
export function quantities(
  cartOf: { lines: readonly { sku: string; quantity: number }[] } | undefined,
): Record<string, number> {
  return Object.fromEntries((cartOf?.lines ?? []).map(({ sku, quantity }) => [sku, quantity]));
}
