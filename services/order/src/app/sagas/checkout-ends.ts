import type { Clock } from '@souk/kernel';
import { awaitPayment, confirm, type Order, refuse } from '../../domain/order.ts';
import { deliverDigital } from '../../domain/ship.ts';
import type { OrderTransaction } from '../ports.ts';
import type { LocalStage } from '../saga/saga.ts';
import type { CheckoutData } from './checkout-data.ts';
import { PAYMENT_EXPIRED } from './payment-waits.ts';

type Stage = LocalStage<CheckoutData, OrderTransaction>;

/** What the checkout does to the order itself: refuse it, say that its payment waits, or confirm it. */
export function checkoutEnds(clock: Clock): Readonly<Record<'place' | 'paymentWaits' | 'confirmed', Stage>> {
  return {
    place: {
      name: 'place',
      run: async () => undefined,
      undo: async (tx, { orderId, givenBack }, refusal) => {
        const before = await locked(tx, orderId);
        const end = refusal.reason === PAYMENT_EXPIRED ? 'expired' : 'rejected';
        const refused = refuse(before, end, refusal, givenBack, clock.now());
        await tx.saveOrder(before, refused);
        await tx.tell([{ type: end, order: refused }]);
      },
    },
    paymentWaits: {
      name: 'payment-waits',
      when: ({ payment }) => payment === 'action-required' || payment === 'in-review',
      run: async (tx, { orderId, payment, paymentId, action, expireTime }) => {
        if (payment !== 'action-required' && payment !== 'in-review') return;
        const before = await locked(tx, orderId);
        const waits = { paymentId, state: payment, action, expireTime: new Date(expireTime) };
        await tx.saveOrder(before, awaitPayment(before, waits, clock.now()));
      },
      // The order is refused with the rest.
      undo: async () => undefined,
    },
    confirmed: {
      name: 'confirm',
      run: async (tx, { orderId, paymentId, allocations }) => {
        const before = await locked(tx, orderId);
        const confirmed = confirm(before, paymentId === '' ? undefined : paymentId, clock.now());
        const { order, shipment } = deliverDigital(confirmed, clock.now());
        await tx.saveOrder(before, order);
        await tx.insertAllocations(orderId, allocations);
        await tx.tell([{ type: 'confirmed', order }]);
        if (shipment === undefined) return;
        await tx.insertShipment(shipment, { requestId: shipment.shipmentId, fingerprint: '' });
        await tx.tell([{ type: 'delivered', order, shipment }]);
      },
    },
  };
}

async function locked(tx: OrderTransaction, orderId: string): Promise<Order> {
  const order = await tx.lockOrder(orderId);
  if (order === undefined) throw new Error(`order ${orderId} is gone`);
  return order;
}
