import { randomUUID } from 'node:crypto';
import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { ServiceImplSpec } from '@connectrpc/connect';
import { CartService } from '@souk/gen/souk/cart/v1/cart_service_pb';
import { CatalogService } from '@souk/gen/souk/catalog/v1/catalog_service_pb';
import { IdentityService } from '@souk/gen/souk/identity/v1/identity_service_pb';
import {
  InventoryService,
  type ReserveStockResponseSchema,
  RestockCondition,
} from '@souk/gen/souk/inventory/v1/inventory_service_pb';
import { PaymentState } from '@souk/gen/souk/payment/v1/payment_pb';
import { PaymentService } from '@souk/gen/souk/payment/v1/payment_service_pb';
import { PricingService } from '@souk/gen/souk/pricing/v1/pricing_service_pb';
import { QuoteSchema } from '@souk/gen/souk/pricing/v1/quote_pb';
import { alreadyExists, Money, notFound, precondition } from '@souk/kernel';
import { implement, moneyFromProto, moneyToProto } from '@souk/rpc';
import { type AskedTender, Purse } from './purse.ts';

/** A payment at the fake payment service. */
export interface FakePayment {
  readonly paymentId: string;
  readonly orderId: string;
  /** What it is for besides the order as it was placed; empty for that. */
  readonly reference: string;
  readonly authorized: bigint;
  readonly tenders: readonly AskedTender[];
  /** What the payer's client calls its device; empty when it is not told. */
  readonly deviceId: string;
  state: 'authorized' | 'captured' | 'voided' | 'action-required' | 'in-review' | 'failed';
  refunded: bigint;
}

type Sign = (
  service: string,
  payload: Record<string, unknown>,
  audience: string,
  ttlS: number,
) => Promise<string>;

/**
 * The services around order, in memory, with the idempotency that their contracts promise. `fault` is called before and
 * after each effect and may throw or wait: a throw afterwards is a lost reply.
 */
export class World {
  readonly carts = new Map<
    string,
    { customerId: string; currency: string; lines: Map<string, number>; etag: string }
  >();
  /** Unit prices in pence. */
  readonly prices = new Map<string, bigint>();
  /** Per mille of the list amount that a promotion takes off. */
  discountPerMille = 0n;
  readonly stock = new Map<string, number>();
  readonly damaged = new Map<string, number>();
  readonly reservations = new Map<
    string,
    { lines: Map<string, number>; state: 'held' | 'committed' | 'released' }
  >();
  readonly payments: FakePayment[] = [];
  readonly purse = new Purse();
  readonly restocked = new Set<string>();
  readonly restocks: { orderId: string; sku: string; quantity: number; locationId: string }[] = [];
  readonly calls: string[] = [];
  /** E-mail addresses of accounts. */
  readonly emails = new Map<string, string>();
  /** Where stock lies: SKU to locations with their units; everything at `main` when not told. */
  readonly shelves = new Map<string, readonly { locationId: string; quantity: number }[]>();
  /** Says that refunds are refused for good. */
  refundsAreRefused = false;
  readonly priceTimes: (Date | undefined)[] = [];
  fault: (rpc: string, phase: 'before' | 'after', orderId: string) => void | Promise<void> = () => undefined;
  sign: Sign = () => Promise.reject(new Error('not started'));
  readonly #answers = new Map<string, FakePayment>();

  /** A cart with some units; its id. */
  addCart(customerId: string, lines: Record<string, number>): string {
    const cartId = randomUUID();
    const etag = `"${randomUUID().slice(0, 8)}"`;
    this.carts.set(cartId, { customerId, currency: 'GBP', lines: new Map(Object.entries(lines)), etag });
    return cartId;
  }

  paymentsOf(orderId: string): FakePayment[] {
    return this.payments.filter((payment) => payment.orderId === orderId);
  }

  fakes(): ServiceImplSpec[] {
    return [
      this.#cart(),
      this.#catalog(),
      this.#pricing(),
      this.#inventory(),
      this.#payment(),
      this.#identity(),
    ];
  }

  async #effect<T>(rpc: string, orderId: string, effect: () => T): Promise<T> {
    this.calls.push(rpc);
    await this.fault(rpc, 'before', orderId);
    const result = effect();
    await this.fault(rpc, 'after', orderId);
    return result;
  }

  #identity(): ServiceImplSpec {
    return implement(IdentityService, {
      batchGetContacts: async ({ accountIds }) => ({
        contacts: accountIds.flatMap((accountId) => {
          const email = this.emails.get(accountId);
          return email === undefined ? [] : [{ accountId, email }];
        }),
      }),
    });
  }

  #cart(): ServiceImplSpec {
    return implement(CartService, {
      getCartForCheckout: async ({ cartId, customerId, etag }) => {
        const cart = this.carts.get(cartId);
        if (cart?.customerId !== customerId) throw notFound('CART_NOT_FOUND', 'no such cart');
        if (cart.lines.size === 0) throw precondition('CART_EMPTY', 'empty');
        if (etag !== '' && etag !== cart.etag) throw precondition('ETAG_MISMATCH', 'changed');
        const lines = [...cart.lines].map(([sku, quantity]) => ({
          sku,
          quantity,
          productId: `old-${sku}`,
          title: sku,
        }));
        return { cartId, currency: cart.currency, country: 'GB', lines, etag: cart.etag };
      },
      closeCart: ({ cartId, orderId }) =>
        this.#effect('closeCart', orderId, () => {
          this.carts.get(cartId)?.lines.clear();
          return {};
        }),
    });
  }

  #catalog(): ServiceImplSpec {
    return implement(CatalogService, {
      batchGetVariants: async ({ skus }) => ({
        variants: skus.map((sku) => ({
          sku,
          productId: `product-${sku}`,
          title: `The ${sku}`,
          active: !sku.startsWith('OLD'),
          options: sku === 'EBOOK' ? { delivery: 'digital' } : {},
        })),
      }),
    });
  }

  #pricing(): ServiceImplSpec {
    return implement(PricingService, {
      quoteLines: async ({ lines, currency, country, customerId, priceTime }) => {
        this.priceTimes.push(priceTime && new Date(Number(priceTime.seconds) * 1_000));
        const unpriced = lines.find(({ sku }) => !this.prices.has(sku));
        if (unpriced !== undefined)
          return { quote: { problems: [{ lineId: unpriced.lineId, sku: unpriced.sku, kind: 1 }] } };
        const quote = create(QuoteSchema, {
          quoteId: randomUUID(),
          currency,
          country,
          customerId,
          expireTime: timestampFromDate(new Date(Date.now() + 60_000)),
          lines: lines.map(({ lineId, sku, quantity }) => {
            const unit = Money.of(currency, this.prices.get(sku) ?? 0n);
            const list = unit.times(quantity);
            const discount = Money.of(currency, (list.minor * this.discountPerMille) / 1_000n);
            const tax = list.minus(discount).basisPoints(2_000);
            return {
              lineId,
              sku,
              quantity,
              unitPrice: moneyToProto(unit),
              listAmount: moneyToProto(list),
              discount: moneyToProto(discount),
              netAmount: moneyToProto(list.minus(discount)),
              tax: moneyToProto(tax),
              total: moneyToProto(list.minus(discount).plus(tax)),
            };
          }),
        });
        const encoded = Buffer.from(toBinary(QuoteSchema, quote)).toString('base64url');
        return { quote, signedQuote: await this.sign('pricing', { quote: encoded }, 'order', 60) };
      },
    });
  }

  #inventory(): ServiceImplSpec {
    const allocated = (
      lines: readonly { lineId: string; sku: string; quantity: bigint }[],
    ): MessageInitShape<typeof ReserveStockResponseSchema> => ({
      reservation: {
        allocations: lines.flatMap(({ lineId, sku, quantity }) => {
          const shelves = this.shelves.get(sku) ?? [{ locationId: 'main', quantity: Number(quantity) }];
          let left = Number(quantity);
          return shelves.map((shelf) => {
            const taken = Math.min(left, shelf.quantity);
            left -= taken;
            return { lineId, sku, locationId: shelf.locationId, quantity: BigInt(taken) };
          });
        }),
      },
    });
    return implement(InventoryService, {
      reserveStock: ({ orderId, reservationId, lines }) =>
        this.#effect('reserveStock', orderId, () => {
          const id = reservationId ?? orderId;
          if (this.reservations.has(id)) return allocated(lines);
          for (const { sku, quantity } of lines) {
            const available = this.stock.get(sku) ?? 0;
            if (available < Number(quantity))
              throw precondition('STOCK_INSUFFICIENT', `${sku} is short`, {
                metadata: { sku, requested: String(quantity), available: String(available) },
              });
          }
          const units = new Map(lines.map(({ sku, quantity }) => [sku, Number(quantity)]));
          this.#move(units, -1);
          this.reservations.set(id, { lines: units, state: 'held' });
          return allocated(lines);
        }),
      commitReservation: ({ orderId, reservationId }) =>
        this.#effect('commitReservation', orderId, () => {
          const reservation = this.reservations.get(reservationId ?? orderId);
          if (reservation === undefined) throw precondition('RESERVATION_NOT_FOUND', 'none');
          if (reservation.state === 'released') throw precondition('RESERVATION_EXPIRED', 'expired');
          reservation.state = 'committed';
          return {};
        }),
      extendReservation: ({ orderId }) =>
        this.#effect('extendReservation', orderId, () => {
          if (this.reservations.get(orderId)?.state !== 'held')
            throw precondition('RESERVATION_EXPIRED', 'expired');
          return {};
        }),
      releaseReservation: ({ orderId, reservationId }) =>
        this.#effect('releaseReservation', orderId, () => {
          const id = reservationId ?? orderId;
          if (this.reservations.get(id)?.state === 'committed')
            throw precondition('RESERVATION_COMMITTED', 'sold');
          this.expire(id);
          return {};
        }),
      restockReturn: ({ orderId, returnId, lines }) =>
        this.#effect('restockReturn', orderId, () => {
          if (this.restocked.has(returnId)) return {};
          this.restocked.add(returnId);
          for (const { sku, quantity, locationId } of lines)
            this.restocks.push({ orderId, sku, quantity: Number(quantity), locationId });
          for (const { sku, quantity, condition } of lines) {
            const shelf = condition === RestockCondition.GOOD ? this.stock : this.damaged;
            shelf.set(sku, (shelf.get(sku) ?? 0) + Number(quantity));
          }
          return {};
        }),
    });
  }

  /** Gives a reservation back, as its running out does. */
  expire(orderId: string): void {
    const reservation = this.reservations.get(orderId);
    if (reservation?.state !== 'held') return;
    reservation.state = 'released';
    this.#move(reservation.lines, 1);
  }

  #move(units: ReadonlyMap<string, number>, sign: 1 | -1): void {
    for (const [sku, quantity] of units) this.stock.set(sku, (this.stock.get(sku) ?? 0) + sign * quantity);
  }

  #payment(): ServiceImplSpec {
    const once = (requestId: string, effect: () => FakePayment): FakePayment => {
      const known = this.#answers.get(requestId);
      if (known !== undefined) return known;
      const payment = effect();
      this.#answers.set(requestId, payment);
      return payment;
    };
    const find = (test: (payment: FakePayment) => boolean): FakePayment => {
      const payment = this.payments.findLast(test);
      if (payment === undefined) throw notFound('PAYMENT_NOT_FOUND', 'no such payment');
      return payment;
    };
    const STATES = {
      authorized: PaymentState.AUTHORIZED,
      captured: PaymentState.CAPTURED,
      voided: PaymentState.VOIDED,
      failed: PaymentState.FAILED,
      'action-required': PaymentState.REQUIRES_ACTION,
      'in-review': PaymentState.IN_REVIEW,
    } as const;
    const reply = ({ paymentId, orderId, state }: FakePayment) => ({
      payment: {
        paymentId,
        orderId,
        state: STATES[state],
        ...(state === 'action-required' && {
          actionRequired: { redirectUrl: 'https://bank.example/challenge', clientSecret: 'pi_1_secret' },
        }),
      },
    });
    const waits: Readonly<Record<string, FakePayment['state']>> = {
      pm_card_challenge: 'action-required',
      pm_card_review: 'in-review',
    };
    return implement(PaymentService, {
      authorizePayment: (request) =>
        this.#effect('authorizePayment', request.orderId, () => {
          const { requestId, orderId, amount, reference } = request;
          const payment = once(requestId, () => {
            const tenders = this.purse.tendersOf(request);
            const token = tenders.find(([means]) => means === 'paymentMethod')?.[1];
            const waiting = token === undefined ? undefined : waits[token];
            if (token !== undefined && token !== 'pm_card_visa' && waiting === undefined)
              throw precondition('PAYMENT_DECLINED', 'Declined.', {
                metadata: { decline_code: 'insufficient_funds' },
              });
            const own = this.paymentsOf(orderId).filter((other) => other.reference === reference);
            if (own.some(({ state }) => state !== 'voided'))
              throw alreadyExists('PAYMENT_EXISTS', 'paid already');
            const authorized = moneyFromProto(amount, 'amount').minor;
            const made: FakePayment = {
              paymentId: randomUUID(),
              orderId,
              reference,
              authorized,
              tenders,
              deviceId: request.payer?.deviceId ?? '',
              state: waiting ?? 'authorized',
              refunded: 0n,
            };
            this.payments.push(made);
            return made;
          });
          return reply(payment);
        }),
      capturePayment: ({ requestId, paymentId }) =>
        this.#effect('capturePayment', find((payment) => payment.paymentId === paymentId).orderId, () =>
          reply(
            once(requestId, () => {
              const payment = find((candidate) => candidate.paymentId === paymentId);
              if (payment.state !== 'authorized') throw precondition('PAYMENT_STATE_INVALID', payment.state);
              payment.state = 'captured';
              return payment;
            }),
          ),
        ),
      voidPayment: ({ requestId, target }) =>
        this.#effect('voidPayment', target.value ?? '', () => {
          const isMeant = (payment: FakePayment): boolean =>
            target.case === 'authorizationRequestId'
              ? this.#answers.get(target.value) === payment
              : payment.orderId === target.value && payment.reference === '';
          if (!this.payments.some(isMeant)) return {};
          return reply(
            once(requestId, () => {
              const payment = find(isMeant);
              if (payment.state === 'captured') throw precondition('PAYMENT_STATE_INVALID', payment.state);
              payment.state = 'voided';
              return payment;
            }),
          );
        }),
      refreshPayment: ({ paymentId }) => reply(find((payment) => payment.paymentId === paymentId)),
      refundOrder: ({ requestId, orderId, amount }) =>
        this.#effect('refundOrder', orderId, () => {
          if (this.refundsAreRefused) throw precondition('REFUND_INCOMPLETE', 'the provider refuses');
          once(requestId, () => {
            const captured = this.paymentsOf(orderId).filter(({ state }) => state === 'captured');
            let left = moneyFromProto(amount, 'amount').minor;
            if (captured.reduce((sum, payment) => sum + payment.authorized - payment.refunded, 0n) < left)
              throw precondition('REFUND_EXCEEDS_CAPTURED', 'too much');
            for (const payment of captured.reverse()) {
              const open = payment.authorized - payment.refunded;
              const part = open < left ? open : left;
              payment.refunded += part;
              left -= part;
            }
            return find((candidate) => candidate.orderId === orderId);
          });
          return {};
        }),
    });
  }

  /** What a buyer at the challenge, or a reviewer, does. */
  settle(orderId: string, state: 'authorized' | 'failed'): void {
    for (const payment of this.paymentsOf(orderId)) payment.state = state;
  }
}
