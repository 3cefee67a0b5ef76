import type { Money } from '@souk/kernel';

/** One line of an order as a notification shows it. */
export interface Line {
  readonly title: string;
  readonly sku: string;
  readonly quantity: number;
  /** Of all units, taxes included. */
  readonly total: Money;
}

/** What a notification says, by its template. Names and addresses are not part of it: they are looked up when it is sent. */
export type Content =
  | { readonly template: 'welcome' | 'registration-repeated' | 'password-changed' }
  | {
      readonly template: 'confirm-email' | 'reset-password';
      /** The mail under which identity keeps its secret. */
      readonly mailId: string;
    }
  | {
      readonly template: 'back-in-stock';
      readonly sku: string;
    }
  | {
      readonly template: 'order-confirmed';
      readonly orderId: string;
      readonly orderTime: Date;
      readonly lines: readonly Line[];
      /** Before discount and tax. */
      readonly subtotal: Money;
      readonly discount: Money;
      readonly tax: Money;
      readonly total: Money;
    }
  | {
      readonly template: 'order-cancelled';
      readonly orderId: string;
      readonly lines: readonly Line[];
      readonly refund: Money;
    }
  | {
      readonly template: 'return-refunded';
      readonly orderId: string;
      readonly lines: readonly Line[];
      readonly refund: Money;
    };

/** Name of a template. */
export type Template = Content['template'];
