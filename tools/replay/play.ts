import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { ConnectError } from '@connectrpc/connect';
import { CartService } from '@souk/gen/souk/cart/v1/cart_service_pb';
import {
  type Order,
  OrderState,
  PaymentState,
  ReturnReason,
  ReturnState,
} from '@souk/gen/souk/order/v1/order_pb';
import { OrderService } from '@souk/gen/souk/order/v1/order_service_pb';
import pLimit from 'p-limit';
import { type Edge, uuidOf } from '../sample-data/edge.ts';
import type { PlannedReturn } from './match-credits.ts';
import type { PlannedInvoice } from './plan.ts';
import type { Shopper, Shoppers } from './shoppers.ts';

/** How a plan is played. */
export interface PlayOptions {
  readonly edge: Edge;
  readonly shoppers: Shoppers;
  /** May receive returns and carry history over. */
  readonly admin: Shopper;
  readonly backdatingGrant: string;
  /** Tells this replay from others: request ids are derived from it. */
  readonly run: string;
  readonly concurrency: number;
  /** How many times faster than the real month; infinite plays as fast as it goes. */
  readonly speed: number;
  readonly onProgress: (done: number, total: number) => void;
}

/** Something that the platform refused, or that did not end in time. */
interface Failure {
  readonly invoiceNo: string;
  readonly reason: string;
}

/** What was played. */
export interface Played {
  /** Placed orders by invoice number. */
  readonly orders: ReadonlyMap<string, { readonly orderId: string; readonly shopper: Shopper }>;
  /** Ids of completed returns. */
  readonly returnIds: ReadonlySet<string>;
  readonly failures: readonly Failure[];
  readonly milliseconds: number;
}

const PATIENCE_MS = 60_000;
const POLL_MS = 100;
const PAYMENT_METHOD = 'pm_card_visa';

/**
 * Plays orders and returns at the edge as their customers would: sign in, fill a cart, check out; send back, be refunded. What one
 * customer does happens in the order of time; different customers act at the same time.
 */
export async function play(
  invoices: readonly PlannedInvoice[],
  returns: readonly PlannedReturn[],
  options: PlayOptions,
): Promise<Played> {
  const player = new Player(options);
  const returnsByCredit = Map.groupBy(returns, ({ creditNo }) => creditNo);
  const events = invoices.flatMap((invoice) => {
    if (invoice.kind === 'order') return [{ invoice, run: () => player.order(invoice) }];
    const own = returnsByCredit.get(invoice.invoiceNo) ?? [];
    return own.map((planned) => ({ invoice, run: () => player.takeBack(planned) }));
  });
  const limit = pLimit(options.concurrency);
  const lastOf = new Map<string, Promise<void>>();
  const started = Date.now();
  const firstTime = events[0]?.invoice.time.getTime() ?? 0;
  let done = 0;
  const running: Promise<void>[] = [];
  for (const { invoice, run } of events) {
    const customer = invoice.customerId === '' ? invoice.invoiceNo : invoice.customerId;
    const before = lastOf.get(customer) ?? Promise.resolve();
    const mine = limit(async () => {
      await before;
      const due = started + (invoice.time.getTime() - firstTime) / options.speed;
      if (due > Date.now()) await sleep(due - Date.now());
      await run().catch((error: unknown) => player.fail(invoice.invoiceNo, error));
      done += 1;
      options.onProgress(done, events.length);
    });
    lastOf.set(customer, mine);
    running.push(mine);
  }
  await Promise.all(running);
  return { ...player.played(), milliseconds: Date.now() - started };
}

class Player {
  private readonly options: PlayOptions;
  private readonly orders = new Map<string, { orderId: string; shopper: Shopper; order: Order }>();
  private readonly returnIds = new Set<string>();
  private readonly failures: Failure[] = [];

  constructor(options: PlayOptions) {
    this.options = options;
  }

  async order(invoice: PlannedInvoice): Promise<void> {
    const { edge, shoppers, run, backdatingGrant } = this.options;
    const { invoiceNo, customerId, country } = invoice;
    const shopper = await (customerId === '' ? shoppers.guest(invoiceNo) : shoppers.customer(customerId));
    const carts = edge.client(CartService, shopper.token);
    const { cart } = await carts.addItems({
      cartId: 'current',
      items: invoice.lines.map(({ sku, quantity }) => ({ sku, quantity })),
      currency: 'GBP',
      country,
      requestId: uuidOf(`${run} cart ${invoiceNo}`),
    });
    try {
      const { order } = await edge.client(OrderService, shopper.token).placeOrder({
        requestId: uuidOf(`${run} order ${invoiceNo}`),
        cartId: 'current',
        cartEtag: cart?.etag ?? '',
        email: shopper.email,
        shippingAddress: {
          regionCode: country,
          locality: 'Anytown',
          postalCode: 'X1 1XX',
          addressLines: ['1 High Street'],
          recipients: [customerId === '' ? `Guest ${invoiceNo}` : `Customer ${customerId}`],
        },
        paymentMethod: PAYMENT_METHOD,
        orderTime: timestampFromDate(invoice.time),
        backdatingGrant,
      });
      if (order === undefined) throw new Error('the platform answered without an order');
      const paid = await this.untilPaid(order, shopper);
      this.orders.set(invoiceNo, { orderId: paid.orderId, shopper, order: paid });
    } catch (error) {
      // What was refused must not be in the customer's next order.
      await carts.clearCart({ cartId: 'current' }).catch(() => undefined);
      throw error;
    }
  }

  async takeBack(planned: PlannedReturn): Promise<void> {
    const { edge, admin, run, backdatingGrant } = this.options;
    const bought = this.orders.get(planned.orderInvoiceNo);
    if (bought === undefined) throw new Error(`invoice ${planned.orderInvoiceNo} was not placed`);
    const key = `${planned.creditNo} ${planned.orderInvoiceNo}`;
    const lineIds = new Map(bought.order.lines.map(({ sku, lineId }) => [sku, lineId]));
    const { orderReturn } = await edge.client(OrderService, bought.shopper.token).createReturn({
      requestId: uuidOf(`${run} return ${key}`),
      orderId: bought.orderId,
      lines: planned.lines.map(({ sku, quantity }) => ({ lineId: lineIds.get(sku) ?? '', quantity })),
      reason: ReturnReason.UNWANTED,
      note: `credit note ${planned.creditNo}`,
      returnTime: timestampFromDate(planned.time),
      backdatingGrant,
    });
    const returnId = orderReturn?.returnId ?? '';
    const staff = edge.client(OrderService, admin.token);
    let { orderReturn: received } = await staff.receiveReturn({
      requestId: uuidOf(`${run} receipt ${key}`),
      returnId,
      receiveTime: timestampFromDate(planned.time),
      backdatingGrant,
    });
    const deadline = Date.now() + PATIENCE_MS;
    while (received?.state !== ReturnState.COMPLETED) {
      if (Date.now() > deadline) throw new Error('the return was not completed in time');
      await sleep(POLL_MS);
      received = (await staff.getReturn({ returnId })).orderReturn;
    }
    this.returnIds.add(returnId);
  }

  fail(invoiceNo: string, error: unknown): void {
    this.failures.push({ invoiceNo, reason: error instanceof ConnectError ? error.message : String(error) });
  }

  played(): Omit<Played, 'milliseconds'> {
    return { orders: this.orders, returnIds: this.returnIds, failures: this.failures };
  }

  private async untilPaid(placed: Order, shopper: Shopper): Promise<Order> {
    const orders = this.options.edge.client(OrderService, shopper.token);
    const deadline = Date.now() + PATIENCE_MS;
    let order = placed;
    while (order.paymentState !== PaymentState.CAPTURED) {
      if (order.state === OrderState.REJECTED)
        throw new Error(`the order was rejected: ${order.rejection?.reason ?? 'no reason'}`);
      if (Date.now() > deadline) throw new Error('the order was not paid in time');
      await sleep(POLL_MS);
      order = (await orders.getOrder({ orderId: order.orderId })).order ?? order;
    }
    return order;
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
