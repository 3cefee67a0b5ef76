import type { HandlerContext, ServiceImpl } from '@connectrpc/connect';
import type { Cart as CartMessage } from '@souk/gen/souk/cart/v1/cart_pb';
import type { CartService } from '@souk/gen/souk/cart/v1/cart_service_pb';
import { DomainError, invalid } from '@souk/kernel';
import { callOf, etagMismatch, type VerifyAccessToken, versionOf } from '@souk/rpc';
import type { AddItems } from '../app/add-items.ts';
import type { CloseCart } from '../app/close-cart.ts';
import type { GetCart } from '../app/get-cart.ts';
import type { GetCartForCheckout } from '../app/get-cart-for-checkout.ts';
import type { MergeCart } from '../app/merge-cart.ts';
import type { CartStore } from '../app/ports.ts';
import type { ViewCart } from '../app/view-cart.ts';
import type { Cart } from '../domain/cart.ts';
import type { LineCommand } from '../domain/line-command.ts';
import { changeFromProto, ownerOf, refOf, strategyFromProto } from './from-proto.ts';
import { cartToProto, checkoutToProto } from './to-proto.ts';

/** What the handlers call. */
export interface CartUseCases {
  readonly store: CartStore;
  readonly viewCart: ViewCart;
  readonly getCart: GetCart;
  readonly addItems: AddItems;
  readonly mergeCart: MergeCart;
  readonly getCartForCheckout: GetCartForCheckout;
  readonly closeCart: CloseCart;
  readonly verifyAccessToken: VerifyAccessToken;
}

/** Handlers of CartService: decode, call, encode. */
export function cartHandlers(use: CartUseCases): ServiceImpl<typeof CartService> {
  const reply = async (ownerId: string, cart: Cart | undefined): Promise<{ cart: CartMessage }> => ({
    cart: cartToProto(cart && (await use.viewCart.view(ownerId, cart))),
  });

  /** Changes that need nothing but the cart. */
  const change = async (
    request: Parameters<typeof changeFromProto>[0],
    context: HandlerContext,
    command: LineCommand,
  ): Promise<{ cart: CartMessage }> => {
    const decoded = changeFromProto(request, callOf(context));
    const cart = await use.store.change({ ...decoded, commands: [command], context: {}, create: false });
    return reply(decoded.ownerId, cart);
  };

  return {
    async getCart({ cartId }, context) {
      return { cart: cartToProto(await use.getCart.get(ownerOf(callOf(context)), refOf(cartId))) };
    },

    async addItems(request, context) {
      const { items, currency, country } = request;
      const decoded = changeFromProto(request, callOf(context));
      const cart = await use.addItems.add(items, {
        ...decoded,
        context: { ...(currency !== '' && { currency }), ...(country !== '' && { country }) },
      });
      return reply(decoded.ownerId, cart);
    },

    updateItem: (request, context) =>
      change(request, context, { kind: 'set', sku: request.sku, quantity: request.quantity }),

    removeItem: (request, context) => change(request, context, { kind: 'remove', sku: request.sku }),

    clearCart: (request, context) => change(request, context, { kind: 'clear' }),

    async mergeCart({ guestToken, strategy }, context) {
      const account = ownerOf(callOf(context));
      const guestId = await guestOf(use.verifyAccessToken, guestToken);
      return reply(account.id, await use.mergeCart.merge(account, guestId, strategyFromProto(strategy)));
    },

    async getCartForCheckout({ cartId, customerId, etag }) {
      const cart = await use.getCartForCheckout.get(customerId, refOf(cartId));
      if (etag !== '' && versionOf(etag) !== cart.version) throw etagMismatch(cart.version);
      return checkoutToProto(cart);
    },

    async closeCart({ cartId, customerId, orderId, lines }) {
      await use.closeCart.close(customerId, cartId, orderId, lines);
      return {};
    },
  };
}

/** Only the guest has the guest's token: whoever sends it may take the guest's cart. */
async function guestOf(verify: VerifyAccessToken, token: string): Promise<string> {
  try {
    const guest = await verify(token);
    if (guest.kind === 'guest') return guest.id;
  } catch (error) {
    if (!(error instanceof DomainError) || error.kind !== 'unauthenticated') throw error;
  }
  throw invalid('GUEST_TOKEN_INVALID', 'The guest token is not valid.', { field: 'guest_token' });
}
