import { Money } from '@souk/kernel';
import { type Order, placeOrder } from './order.ts';
import { type OrderLine, UNTOUCHED } from './order-line.ts';
import type { PostalAddress } from './postal-address.ts';

/** An address that things can be sent to. */
export const ADDRESS: PostalAddress = {
  regionCode: 'GB',
  languageCode: '',
  postalCode: 'N1 9GU',
  sortingCode: '',
  administrativeArea: '',
  locality: 'London',
  sublocality: '',
  addressLines: ['1 Pentonville Road'],
  recipients: ['Ada Lovelace'],
  organization: '',
};

/** A line whose amounts add up; amounts in pence. */
export function sampleLine(fields: {
  lineId: string;
  quantity: number;
  unit: bigint;
  discount: bigint;
  tax: bigint;
}): OrderLine {
  const gbp = (minor: bigint): Money => Money.of('GBP', minor);
  const listAmount = gbp(fields.unit).times(fields.quantity);
  return {
    lineId: fields.lineId,
    productId: `product-${fields.lineId}`,
    sku: `SKU-${fields.lineId}`,
    title: `Thing ${fields.lineId}`,
    quantity: fields.quantity,
    unitPrice: gbp(fields.unit),
    listAmount,
    discount: gbp(fields.discount),
    tax: gbp(fields.tax),
    total: listAmount.minus(gbp(fields.discount)).plus(gbp(fields.tax)),
    ...UNTOUCHED,
    digital: false,
  };
}

/** A pending order of some lines. */
export function sampleOrder(lines: readonly OrderLine[], now: Date = new Date()): Order {
  return placeOrder(
    {
      orderId: '01890000-0000-7000-8000-000000000001',
      customer: { id: '01890000-0000-7000-8000-000000000002', kind: 'guest' },
      email: 'ada@example.org',
      locale: 'en',
      shippingAddress: ADDRESS,
      billingAddress: ADDRESS,
      currency: 'GBP',
      regionCode: 'GB',
      lines,
      cartId: '01890000-0000-7000-8000-000000000003',
      orderTime: now,
    },
    now,
  );
}
