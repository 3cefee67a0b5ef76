/** A built-in role. */
export type Role = 'shopper' | 'support' | 'merchandiser' | 'admin';

/**
 * What each role may do: the permissions that the contracts name (`souk.options.v1.method`), no wildcards. A permission
 * that no role holds is held by nobody. What shoppers may do is stated by `guest` and `user` rules and takes none.
 */
const PERMISSIONS: Readonly<Record<Role, readonly string[]>> = {
  shopper: [],
  support: [
    'identity.accounts.lock',
    'identity.accounts.read',
    'notification.deliveries.read',
    'order.orders.cancel',
    'order.orders.read',
    'order.returns.write',
    'order.shipments.write',
    'payment.chargebacks.read',
    'payment.fraud.read',
    'payment.fraud.review',
    'payment.giftcards.read',
    'payment.payments.read',
    'payment.storecredit.read',
    'review.reviews.moderate',
  ],
  merchandiser: [
    'analytics.reports.read',
    'catalog.categories.write',
    'catalog.products.write',
    'inventory.ledger.read',
    'inventory.stock.write',
    'order.statistics.read',
    'pricing.prices.read',
    'pricing.prices.write',
    'pricing.promotions.read',
    'pricing.promotions.write',
    'pricing.taxes.write',
    'review.reviews.moderate',
  ],
  admin: [
    'analytics.reports.read',
    'analytics.reports.write',
    'catalog.categories.write',
    'catalog.products.write',
    'identity.accounts.lock',
    'identity.accounts.read',
    'identity.roles.assign',
    'identity.signing_keys.rotate',
    'inventory.ledger.read',
    'inventory.stock.write',
    'notification.deliveries.read',
    'order.orders.backdate',
    'order.orders.cancel',
    'order.orders.export',
    'order.orders.read',
    'order.returns.write',
    'order.sagas.read',
    'order.sagas.write',
    'order.shipments.write',
    'order.statistics.read',
    'payment.chargebacks.read',
    'payment.chargebacks.write',
    'payment.fraud.manage',
    'payment.fraud.read',
    'payment.fraud.review',
    'payment.giftcards.read',
    'payment.giftcards.write',
    'payment.ledger.read',
    'payment.payments.read',
    'payment.reconciliation.read',
    'payment.storecredit.read',
    'payment.storecredit.write',
    'pricing.prices.read',
    'pricing.prices.write',
    'pricing.promotions.read',
    'pricing.promotions.write',
    'pricing.taxes.write',
    'review.ratings.write',
    'review.reviews.moderate',
  ],
};

/** Whether a text names a role. */
export function isRole(text: string): text is Role {
  return Object.hasOwn(PERMISSIONS, text);
}

/** The permissions that several roles give together, sorted, each once. */
export function permissionsOf(roles: Iterable<Role>): string[] {
  return [...new Set([...roles].flatMap((role) => PERMISSIONS[role]))].sort();
}
