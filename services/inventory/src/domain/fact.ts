import type { Reservation } from './reservation.ts';
import type { StockLevel } from './stock.ts';

/** What happened in the inventory, to be told to others. */
export type InventoryFact =
  | { readonly type: 'stock-changed'; readonly level: StockLevel }
  | { readonly type: 'reservation-changed'; readonly reservation: Reservation; readonly time: Date };
