import { denied, invalid } from '@souk/kernel';

/** A role that is part of the platform. */
export type BuiltInRole = 'shopper' | 'support' | 'merchandiser' | 'admin';

/** The name of a role, built-in or custom. */
export type Role = string;

/** What a role is and gives. */
export interface RoleDefinition {
  readonly name: Role;
  readonly description: string;
  /** Sorted. */
  readonly permissions: readonly string[];
  /** 0 for a built-in role, which does not change. */
  readonly version: bigint;
}

/** Custom roles there may be. */
export const MOST_CUSTOM_ROLES = 100;

/**
 * What each role may do: the permissions that the contracts name (`souk.options.v1.method`), no wildcards. A permission
 * that no role holds is held by nobody. What shoppers may do is stated by `guest` and `user` rules and takes none.
 */
const PERMISSIONS: Readonly<Record<BuiltInRole, readonly string[]>> = {
  shopper: [],
  support: [
    'identity.accounts.lock',
    'identity.accounts.read',
    'notification.deliveries.read',
    'order.orders.cancel',
    'order.orders.edit',
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
    'identity.audit.read',
    'identity.roles.assign',
    'identity.roles.read',
    'identity.roles.write',
    'identity.service_accounts.read',
    'identity.service_accounts.write',
    'identity.signing_keys.rotate',
    'inventory.ledger.read',
    'inventory.stock.write',
    'notification.deliveries.read',
    'order.orders.backdate',
    'order.orders.cancel',
    'order.orders.edit',
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

const DESCRIPTIONS: Readonly<Record<BuiltInRole, string>> = {
  shopper: 'Everybody who registered',
  support: 'Helps shoppers with orders and accounts',
  merchandiser: 'Looks after the range, prices and stock',
  admin: 'Holds every permission',
};

/** Whether a text names a built-in role. */
export function isBuiltIn(text: string): text is BuiltInRole {
  return Object.hasOwn(PERMISSIONS, text);
}

/** The built-in roles. */
export function builtInRoles(): RoleDefinition[] {
  return Object.keys(PERMISSIONS)
    .filter(isBuiltIn)
    .map((name) => ({
      name,
      description: DESCRIPTIONS[name],
      permissions: permissionsOf([name]),
      version: 0n,
    }));
}

/** The permissions that several built-in roles give together, sorted, each once. Custom roles are left out. */
export function permissionsOf(roles: Iterable<Role>): string[] {
  return [...new Set([...roles].filter(isBuiltIn).flatMap((role) => PERMISSIONS[role]))].sort();
}

/**
 * Makes sure that permissions exist and that whoever gives them away holds them.
 *
 * @throws PERMISSION_UNKNOWN, PERMISSION_NOT_HELD
 */
export function requireGivable(
  wanted: readonly string[],
  catalogue: ReadonlySet<string>,
  held: ReadonlySet<string>,
): void {
  for (const permission of wanted) {
    if (!catalogue.has(permission))
      throw invalid('PERMISSION_UNKNOWN', 'there is no such permission', {
        field: 'permissions',
        metadata: { permission },
      });
  }
  requireHeld(wanted, held);
}

/**
 * Makes sure that nobody gives away what they do not hold.
 *
 * @throws PERMISSION_NOT_HELD
 */
export function requireHeld(wanted: readonly string[], held: ReadonlySet<string>): void {
  for (const permission of wanted)
    if (!held.has(permission))
      throw denied('PERMISSION_NOT_HELD', 'who gives a permission must hold it', {
        metadata: { permission },
      });
}
