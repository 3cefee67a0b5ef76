import type { PurchaseChange, PurchaseKey } from '../domain/purchase.ts';
import type { ReviewPorts } from './ports.ts';

/** Records what orders tell of purchases, and marks the reviews of those who keep some or none of a product. */
export async function recordPurchases(ports: ReviewPorts, changes: readonly PurchaseChange[]): Promise<void> {
  if (changes.length === 0) return;
  await ports.purchases.record(changes);
  const keys = new Map<string, PurchaseKey>(changes.map((change) => [ports.reviews.idOf(change), change]));
  for (const reviewId of await ports.reviews.existing([...keys.keys()])) {
    const key = keys.get(reviewId);
    if (key !== undefined) await ports.reviews.setVerified(reviewId, await ports.purchases.keepsSome(key));
  }
}
