import { Code, ConnectError, type Client } from '@connectrpc/connect';
import type { CartService } from '@souk/gen/souk/cart/v1/cart_service_pb';
import { aborted, notFound, precondition } from '@souk/kernel';
import { errorInfoOf } from '@souk/rpc';
import type { Carts, CheckoutCart } from '../app/ports.ts';
import { READ_TIMEOUT_MS } from './step-call.ts';

/** Carts of the cart service. */
export function cartService(cart: Client<typeof CartService>): Carts {
  return {
    async forCheckout(cartId, customerId, etag): Promise<CheckoutCart> {
      try {
        const reply = await cart.getCartForCheckout(
          { cartId, customerId, etag },
          { timeoutMs: READ_TIMEOUT_MS },
        );
        if (reply.lines.length === 0) throw precondition('CART_EMPTY', 'The cart is empty.');
        return { cartId: reply.cartId, currency: reply.currency, lines: reply.lines };
      } catch (error) {
        throw translated(error);
      }
    },
    async close({ orderId, cartId, customerId, lines }, call) {
      try {
        await cart.closeCart(
          { cartId, customerId, orderId, lines: [...lines] },
          { timeoutMs: call.timeoutMs },
        );
      } catch (error) {
        if (!(error instanceof ConnectError) || error.code !== Code.NotFound) throw error;
      }
    },
  };
}

/** The cart's refusals in the words of the order contract. */
function translated(error: unknown): unknown {
  const info = errorInfoOf(error);
  switch (info?.reason) {
    case 'CART_NOT_FOUND':
    case 'CART_MERGED':
      return notFound('CART_NOT_FOUND', 'There is no such cart.');
    case 'CART_EMPTY':
      return precondition('CART_EMPTY', 'The cart is empty.');
    case 'ETAG_MISMATCH':
      return aborted('CART_CHANGED', 'The cart has changed since it was read.', { metadata: info.metadata });
    default:
      return error;
  }
}
