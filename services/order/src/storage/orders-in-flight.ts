import type { Order } from '../domain/order.ts';

const MOST_ORDERS = 500;
const MOST_LINES = 100;

/** Orders whose checkout this process has begun, as it last stored them: so that nothing is read that is in memory. */
export class OrdersInFlight {
  readonly #orders = new Map<string, Order>();

  /** The order as this process last stored it; another process may have changed it since. */
  readonly find = (orderId: string): Order | undefined => this.#orders.get(orderId);

  /** Notes a version that was stored; an order whose checkout is over is forgotten. */
  note(order: Order): void {
    this.#orders.delete(order.orderId);
    if (order.state !== 'pending' || order.lines.length > MOST_LINES) return;
    this.#orders.set(order.orderId, order);
    const [oldest] = this.#orders.keys();
    if (this.#orders.size > MOST_ORDERS && oldest !== undefined) this.#orders.delete(oldest);
  }
}
