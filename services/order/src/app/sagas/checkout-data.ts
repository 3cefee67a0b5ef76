import type { Allocation } from '../../domain/allocation.ts';
import type { GivenBack, PaymentAction } from '../../domain/order.ts';
import type { Authorization, LineUnits } from '../ports.ts';
import { decodeTenders, type StoredTender } from './means-data.ts';
import { readData, type StoredMoney } from './saga-data.ts';

/** What the checkout knows. Tenders and payer are forgotten as soon as the payment is authorised. */
export interface CheckoutData {
  readonly orderId: string;
  readonly customerId: string;
  readonly cartId: string;
  readonly regionCode: string;
  readonly amount: StoredMoney;
  readonly lines: readonly LineUnits[];
  readonly allocations: readonly Allocation[];
  readonly tenders: readonly StoredTender[];
  /** What payment's fraud rules may know of who pays, as `payerJson` writes it; may be empty. */
  readonly payer: string;
  readonly paymentId: string;
  /** Empty before the authorisation. */
  readonly payment: Authorization['state'] | '';
  readonly action: PaymentAction | undefined;
  /** Until when a payment is waited for, in ISO 8601; empty when none is. */
  readonly expireTime: string;
  /** What became of the money when the checkout was turned back. */
  readonly givenBack: GivenBack;
}

const STATES: readonly CheckoutData['payment'][] = ['', 'authorized', 'action-required', 'in-review'];
const OUTCOMES: readonly GivenBack[] = ['nothing', 'voided', 'refunded'];

/** Parses a checkout's stored data. */
export function decodeCheckout(stored: unknown): CheckoutData {
  const data = readData(stored);
  return {
    orderId: data.text('orderId'),
    customerId: data.text('customerId'),
    cartId: data.text('cartId'),
    regionCode: data.textOr('regionCode', ''),
    amount: data.money('amount'),
    lines: data.list('lines', (line) => ({
      lineId: line.textOr('lineId', ''),
      sku: line.text('sku'),
      quantity: line.count('quantity'),
    })),
    allocations: data.list('allocations', (allocation) => ({
      lineId: allocation.text('lineId'),
      sku: allocation.text('sku'),
      locationId: allocation.text('locationId'),
      quantity: allocation.count('quantity'),
      shippedQuantity: 0,
      cancelledQuantity: 0,
    })),
    tenders: decodeTenders(data),
    payer: data.textOr('payer', ''),
    paymentId: data.text('paymentId'),
    payment: STATES.find((state) => state === data.textOr('payment', '')) ?? '',
    action: data.part('action', (action) => ({
      url: action.text('url'),
      clientSecret: action.text('clientSecret'),
    })),
    expireTime: data.textOr('expireTime', ''),
    givenBack: OUTCOMES.find((outcome) => outcome === data.textOr('givenBack', '')) ?? 'nothing',
  };
}
