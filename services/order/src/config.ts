import { z } from 'zod';
import type { Seller } from './domain/order-document.ts';

const milliseconds = z.coerce.number().int().positive();

/** Order's settings; `SOUK_ORDER_…` in the environment. */
export const config = z.object({
  /** How long a worker may keep a saga between two writes. Longer than any step's timeout. */
  sagaLeaseMs: milliseconds.default(12_000),
  /** How often to look for sagas that nobody carries on. */
  sagaPollMs: milliseconds.default(500),
  /** How many such sagas a process carries at a time. */
  sagaBatch: z.coerce.number().int().positive().default(32),
  /** How long a payment may wait for its payer to meet a challenge. */
  paymentActionMs: milliseconds.default(1_800_000),
  /** How long a payment may wait for a reviewer. */
  paymentReviewMs: milliseconds.default(172_800_000),
  /** After how long a saga that has not ended counts as stuck. */
  sagaStuckMs: milliseconds.default(60_000),
  /** How often a watch that has nothing to tell says so. */
  watchHeartbeatMs: milliseconds.default(15_000),
  /** How long a watch lasts before its client is asked to watch again. */
  watchMs: milliseconds.default(3_000_000),
  /** How often to look for orders that need an invoice or a credit note. */
  documentPollMs: milliseconds.default(1_000),
  /** How often to look for guest orders that become an account's. */
  guestOrderPollMs: milliseconds.default(1_000),
  /** Names the seller's series of document numbers. Numbers of another id begin at 1. */
  sellerId: z.string().min(1).max(40).default('souk'),
  /** The seller's name on documents. */
  sellerName: z.string().min(1).max(100).default('Souk'),
  /** The seller's address on documents; lines are parted by `|`. */
  sellerAddress: z.string().max(500).default(''),
  /** The seller's tax identification on documents. */
  sellerTaxId: z.string().max(40).default(''),
  /** Connections to PostgreSQL. */
  poolMax: z.coerce.number().int().positive().default(16),
});

/** The seller that documents name. */
export function sellerOf(settings: z.infer<typeof config>): Seller {
  const { sellerId, sellerName: name, sellerAddress, sellerTaxId: taxId } = settings;
  const addressLines = sellerAddress.split('|').map((line) => line.trim());
  return { sellerId, name, taxId, addressLines: addressLines.filter((line) => line !== '') };
}
