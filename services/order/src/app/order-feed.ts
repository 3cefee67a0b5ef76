import type { Order } from '../domain/order.ts';

/** Told of every new version of an order that this process commits. */
export type OrderListener = (order: Order) => void;

/** Lets callers wait for changes that this process makes. Changes made by other processes are found by looking. */
export class OrderFeed {
  readonly #listeners = new Map<string, Set<OrderListener>>();

  /** Tells all listeners of an order. */
  changed(order: Order): void {
    for (const listener of this.#listeners.get(order.orderId) ?? []) listener(order);
  }

  /** Listens to one order until the returned function is called. */
  subscribe(orderId: string, listener: OrderListener): () => void {
    const listeners = this.#listeners.get(orderId) ?? new Set();
    this.#listeners.set(orderId, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(orderId);
    };
  }
}
