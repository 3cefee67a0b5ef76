import type { Money } from '@souk/kernel';

/** One line of an order as a notification shows it. */
export interface Line {
  readonly title: string;
  readonly sku: string;
  readonly quantity: number;
  /** Of all units, taxes included. */
  readonly total: Money;
}

/** One line of a parcel: what it is, not what it cost. */
export type Item = Omit<Line, 'total'>;

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
      readonly template: 'order-lines-cancelled' | 'return-refunded';
      readonly orderId: string;
      readonly lines: readonly Line[];
      readonly refund: Money;
    }
  | { readonly template: 'order-expired'; readonly orderId: string }
  | {
      readonly template: 'order-shipped';
      readonly orderId: string;
      readonly lines: readonly Item[];
      /** Who carries it, under which number, and where to follow it; each may be empty. */
      readonly carrier: string;
      readonly trackingNumber: string;
      readonly trackingUrl: string;
    }
  | { readonly template: 'order-delivered'; readonly orderId: string; readonly lines: readonly Item[] }
  | {
      readonly template: 'order-edited';
      readonly orderId: string;
      readonly added: readonly Line[];
      readonly removed: readonly Line[];
      /** Of what was added less what was taken out: to pay when positive, given back when negative. */
      readonly difference: Money;
    };

/** Name of a template. */
export type Template = Content['template'];
