import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  type Cart as CartMessage,
  type CartLineSchema,
  CartProblemKind,
  CartSchema,
  LineProblemKind,
  type LineProblemSchema,
} from '@souk/gen/souk/cart/v1/cart_pb';
import type { GetCartForCheckoutResponseSchema } from '@souk/gen/souk/cart/v1/cart_service_pb';
import { Money } from '@souk/kernel';
import { etagOf, moneyToProto } from '@souk/rpc';
import type {
  AssessedCart,
  AssessedLine,
  CartProblem,
  CartTotals,
  LineProblem,
} from '../domain/assessment.ts';
import { type Cart, DEFAULT_CONTEXT } from '../domain/cart.ts';

const CART_PROBLEMS = {
  'prices-unavailable': CartProblemKind.PRICES_UNAVAILABLE,
  'stock-unchecked': CartProblemKind.STOCK_UNCHECKED,
} as const satisfies Record<CartProblem, CartProblemKind>;

/** A cart; undefined is that of a principal who has none. */
export function cartToProto(cart: AssessedCart | undefined): CartMessage {
  if (cart === undefined) {
    const zero = Money.zero(DEFAULT_CONTEXT.currency);
    const totals = totalsToProto({ list: zero, discount: zero, tax: zero, total: zero });
    return create(CartSchema, { ...DEFAULT_CONTEXT, totals });
  }
  return create(CartSchema, {
    cartId: cart.id,
    currency: cart.currency,
    country: cart.country,
    lines: cart.lines.map(lineToProto),
    ...(cart.totals && { totals: totalsToProto(cart.totals) }),
    promotions: cart.promotions.map(({ id, title, discount }) => ({
      promotionId: id,
      title,
      discount: moneyToProto(discount),
    })),
    problems: cart.problems.map((problem) => ({ kind: CART_PROBLEMS[problem] })),
    etag: etagOf(cart.version),
    createTime: timestampFromDate(cart.createTime),
    updateTime: timestampFromDate(cart.updateTime),
    expireTime: timestampFromDate(cart.expireTime),
  });
}

/** What is to be ordered. */
export function checkoutToProto(cart: Cart): MessageInitShape<typeof GetCartForCheckoutResponseSchema> {
  return {
    cartId: cart.id,
    currency: cart.currency,
    country: cart.country,
    lines: cart.lines.map(({ sku, productId, title, quantity }) => ({ sku, productId, title, quantity })),
    etag: etagOf(cart.version),
  };
}

function lineToProto(line: AssessedLine): MessageInitShape<typeof CartLineSchema> {
  const { sku, productId, title, quantity, amounts, problems, createTime } = line;
  return {
    sku,
    productId,
    title,
    quantity,
    ...(amounts && { unitPrice: moneyToProto(amounts.unitPrice), ...totalsToProto(amounts) }),
    problems: problems.map(problemToProto),
    createTime: timestampFromDate(createTime),
  };
}

function totalsToProto({ list, discount, tax, total }: CartTotals): {
  listAmount: ReturnType<typeof moneyToProto>;
  discount: ReturnType<typeof moneyToProto>;
  tax: ReturnType<typeof moneyToProto>;
  total: ReturnType<typeof moneyToProto>;
} {
  return {
    listAmount: moneyToProto(list),
    discount: moneyToProto(discount),
    tax: moneyToProto(tax),
    total: moneyToProto(total),
  };
}

function problemToProto(problem: LineProblem): MessageInitShape<typeof LineProblemSchema> {
  switch (problem.kind) {
    case 'no-price':
      return { kind: LineProblemKind.NO_PRICE };
    case 'out-of-stock':
      return { kind: LineProblemKind.OUT_OF_STOCK };
    case 'partly-available':
      return { kind: LineProblemKind.PARTLY_AVAILABLE, availableQuantity: problem.available };
  }
}
