import { DomainError, invalid, newId, precondition } from '@souk/kernel';
import { type Customer, type Order, placeOrder as newOrder } from '../domain/order.ts';
import { type OrderLine, UNTOUCHED } from '../domain/order-line.ts';
import { type PostalAddress, requireDeliverable } from '../domain/postal-address.ts';
import { type RequestedTender, resolveTenders, type Tender } from '../domain/tender.ts';
import { awaitOrder } from './await-order.ts';
import { type ClaimedTime, effectiveTime } from './backdating.ts';
import type { CheckoutCart, Keyed, OrderPorts, QuotedLine, RequestKey, Variant } from './ports.ts';
import { CHECKOUT, CHECKOUT_BEGINS_AT, checkoutData } from './sagas/checkout-saga.ts';

/** What a buyer sends. */
export interface PlaceOrderCommand {
  readonly key: RequestKey;
  readonly customer: Customer;
  readonly cartId: string;
  readonly cartEtag: string;
  readonly email: string;
  readonly locale: string;
  readonly shippingAddress: PostalAddress;
  readonly billingAddress: PostalAddress | undefined;
  readonly tenders: readonly RequestedTender[];
  /** What the client calls its device; may be empty. */
  readonly deviceId: string;
  readonly claimed: ClaimedTime;
  /** When to answer with what there is: milliseconds since the epoch. */
  readonly until: number;
}

/**
 * Places an order and waits for its checkout; the final order, or the pending one when time is up.
 *
 * @throws DomainError the reasons of `PlaceOrder` in the contract.
 */
export async function placeOrder(ports: OrderPorts, command: PlaceOrderCommand): Promise<Order> {
  let order: Order;
  let tenders: readonly Tender[];
  try {
    requireDeliverable(command.shippingAddress, 'shipping_address');
    if (command.billingAddress !== undefined) requireDeliverable(command.billingAddress, 'billing_address');
    const orderTime = await effectiveTime(ports, command.claimed, 'order_time');
    order = await composeOrder(ports, command, orderTime);
    tenders = resolveTenders(command.tenders, order.totals.total);
  } catch (error) {
    // A repeated request finds its cart empty, for one. Whether it is one is asked only when it matters.
    const known = await ports.store.findOrderByRequest(command.customer.id, command.key.requestId);
    if (known !== undefined) return replay(ports, command, known);
    throw error;
  }
  const saga = ports.sagas.begin({
    kind: CHECKOUT,
    subjectId: order.orderId,
    orderId: order.orderId,
    data: checkoutData(order, tenders, command.deviceId),
    stage: CHECKOUT_BEGINS_AT,
  });
  const isFirst = await ports.store.place(order, command.key, saga, [{ type: 'placed', order }]);
  if (!isFirst) {
    const winner = await ports.store.findOrderByRequest(command.customer.id, command.key.requestId);
    if (winner === undefined) throw new Error('an order whose request id is taken cannot be found');
    return replay(ports, command, winner);
  }
  return outcome(
    await awaitOrder(ports, order.orderId, isSettled, command.until, () => void ports.sagas.drive(saga)),
  );
}

/** Whether the checkout has nothing left to do that a buyer waits for. */
function isSettled(order: Order): boolean {
  return order.state !== 'pending' || ['action-required', 'in-review'].includes(order.paymentState);
}

async function replay(ports: OrderPorts, command: PlaceOrderCommand, known: Keyed<Order>): Promise<Order> {
  if (known.fingerprint !== command.key.fingerprint)
    throw invalid('REQUEST_ID_REUSED', 'The request id was used before with another request.', {
      field: 'request_id',
    });
  if (isSettled(known.value)) return outcome(known.value);
  return outcome(await awaitOrder(ports, known.value.orderId, isSettled, command.until));
}

/** A refused order is an error that says why and which order it was. */
function outcome(order: Order): Order {
  const { rejection } = order;
  if (rejection === undefined) return order;
  throw new DomainError('precondition', rejection.reason, rejection.message, {
    metadata: { ...rejection.metadata, order_id: order.orderId },
  });
}

async function composeOrder(ports: OrderPorts, command: PlaceOrderCommand, orderTime: Date): Promise<Order> {
  const cart = await ports.carts.forCheckout(command.cartId, command.customer.id, command.cartEtag);
  const { regionCode } = command.shippingAddress;
  const [quoted, variants] = await Promise.all([
    ports.quotes.quote({
      customerId: command.customer.id,
      currency: cart.currency,
      regionCode,
      lines: cart.lines,
      priceTime: command.claimed.time === undefined ? undefined : orderTime,
    }),
    ports.variants.find(cart.lines.map((line) => line.sku)),
  ]);
  return newOrder(
    {
      orderId: newId(),
      customer: command.customer,
      email: command.email,
      locale: command.locale,
      shippingAddress: command.shippingAddress,
      billingAddress: command.billingAddress ?? command.shippingAddress,
      currency: cart.currency,
      regionCode,
      lines: orderLines(cart, quoted, variants),
      cartId: cart.cartId,
      orderTime,
    },
    ports.clock.now(),
  );
}

/** Brings the cart's lines, their prices and the catalogue's present names together. */
function orderLines(
  cart: CheckoutCart,
  quoted: readonly QuotedLine[],
  variants: readonly Variant[],
): OrderLine[] {
  const prices = new Map(quoted.map((line) => [line.sku, line]));
  const names = new Map(variants.map((variant) => [variant.sku, variant]));
  return cart.lines.map((line, index) => {
    const variant = names.get(line.sku);
    if (variant === undefined || !variant.active)
      throw precondition('VARIANT_UNAVAILABLE', `${line.title} is no longer sold.`, {
        metadata: { sku: line.sku },
      });
    const price = prices.get(line.sku);
    if (price === undefined || price.quantity !== line.quantity)
      throw new Error(`the quote does not cover ${line.quantity} of ${line.sku}`);
    return {
      ...price,
      lineId: String(index + 1),
      productId: variant.productId,
      title: variant.title,
      ...UNTOUCHED,
      digital: variant.digital,
    };
  });
}
