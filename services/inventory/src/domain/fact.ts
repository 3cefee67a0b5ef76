import type { StockAlert } from './alert.ts';
import type { KitComponent } from './location.ts';
import type { Allocation, Reservation } from './reservation.ts';
import type { StockLevel } from './stock.ts';

/** What happened in the inventory, to be told to others. */
export type InventoryFact =
  | { readonly type: 'stock-changed'; readonly level: StockLevel }
  | {
      readonly type: 'stock-alert';
      readonly alert: StockAlert;
      readonly version: bigint;
      readonly time: Date;
    }
  | { readonly type: 'reservation-changed'; readonly reservation: Reservation; readonly time: Date }
  | {
      readonly type: 'backorder-filled';
      readonly reservation: Reservation;
      readonly filled: readonly Allocation[];
      readonly time: Date;
    }
  | {
      readonly type: 'back-in-stock';
      readonly subscriptionId: string;
      readonly sku: string;
      readonly time: Date;
    }
  | {
      readonly type: 'kit-changed';
      readonly kitSku: string;
      readonly components: readonly KitComponent[];
      readonly version: bigint;
      readonly time: Date;
    };
