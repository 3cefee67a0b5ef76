// Generated from proto/ by `npm run gen`. Do not edit.

/** Every permission of the platform, with the RPCs that its holder may call, or may call on what others own. */
export const permissionCatalogue = {
  'analytics.reports.read': [
    'souk.analytics.v1.AnalyticsService/GetSalesReport',
  ],
  'analytics.reports.write': [
    'souk.analytics.v1.AnalyticsService/RebuildSales',
  ],
  'catalog.categories.write': [
    'souk.catalog.v1.CatalogService/UpsertCategories',
  ],
  'catalog.products.write': [
    'souk.catalog.v1.CatalogService/CreateProduct',
    'souk.catalog.v1.CatalogService/UpdateProduct',
    'souk.catalog.v1.CatalogService/DeleteProduct',
    'souk.catalog.v1.CatalogService/BatchUpsertProducts',
  ],
  'identity.accounts.read': [
    'souk.identity.v1.IdentityService/GetAccount',
    'souk.identity.v1.IdentityService/SearchAccounts',
  ],
  'identity.roles.assign': [
    'souk.identity.v1.IdentityService/GrantRole',
    'souk.identity.v1.IdentityService/RevokeRole',
  ],
  'inventory.ledger.read': [
    'souk.inventory.v1.InventoryService/ListMovements',
    'souk.inventory.v1.InventoryService/CheckLedger',
  ],
  'inventory.stock.write': [
    'souk.inventory.v1.InventoryService/ReceiveStock',
    'souk.inventory.v1.InventoryService/AdjustStock',
    'souk.inventory.v1.InventoryService/RebuildAvailability',
  ],
  'notification.deliveries.read': [
    'souk.notification.v1.NotificationService/GetDelivery',
    'souk.notification.v1.NotificationService/ListDeliveries',
  ],
  'order.orders.backdate': [
    'souk.order.v1.OrderService/CreateBackdatingGrant',
  ],
  'order.orders.cancel': [
    'souk.order.v1.OrderService/CancelOrder',
  ],
  'order.orders.export': [
    'souk.order.v1.OrderService/ExportOrders',
  ],
  'order.orders.read': [
    'souk.order.v1.OrderService/GetOrder',
    'souk.order.v1.OrderService/ListOrders',
    'souk.order.v1.OrderService/WatchOrder',
    'souk.order.v1.OrderService/GetReturn',
    'souk.order.v1.OrderService/ListReturns',
    'souk.order.v1.OrderService/ListOrderDocuments',
    'souk.order.v1.OrderService/GetOrderDocument',
    'souk.order.v1.OrderService/DownloadOrderDocument',
  ],
  'order.returns.write': [
    'souk.order.v1.OrderService/CreateReturn',
    'souk.order.v1.OrderService/ReceiveReturn',
  ],
  'order.sagas.read': [
    'souk.order.v1.OrderService/ListSagas',
  ],
  'order.sagas.write': [
    'souk.order.v1.OrderService/ResumeSaga',
  ],
  'order.statistics.read': [
    'souk.order.v1.OrderService/GetOrderStatistics',
  ],
  'payment.ledger.read': [
    'souk.payment.v1.PaymentService/ListLedgerEntries',
    'souk.payment.v1.PaymentService/GetTrialBalance',
  ],
  'payment.payments.read': [
    'souk.payment.v1.PaymentService/GetPayment',
    'souk.payment.v1.PaymentService/ListPayments',
  ],
  'payment.reconciliation.read': [
    'souk.payment.v1.PaymentService/ReconcilePayments',
  ],
  'pricing.prices.read': [
    'souk.pricing.v1.PricingService/ListPriceLists',
  ],
  'pricing.prices.write': [
    'souk.pricing.v1.PricingService/UpsertPriceLists',
    'souk.pricing.v1.PricingService/UpsertPrices',
  ],
  'pricing.promotions.read': [
    'souk.pricing.v1.PricingService/ListPromotions',
  ],
  'pricing.promotions.write': [
    'souk.pricing.v1.PricingService/CreatePromotion',
    'souk.pricing.v1.PricingService/UpdatePromotion',
  ],
  'pricing.taxes.write': [
    'souk.pricing.v1.PricingService/UpsertTaxRates',
  ],
  'review.ratings.write': [
    'souk.review.v1.ReviewService/RebuildRatings',
  ],
  'review.reviews.moderate': [
    'souk.review.v1.ReviewService/DeleteReview',
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** A permission, written `<service>.<resource>.<action>`. */
export type Permission = keyof typeof permissionCatalogue;

/** Every permission, sorted. */
export const permissions: readonly Permission[] = [
  'analytics.reports.read',
  'analytics.reports.write',
  'catalog.categories.write',
  'catalog.products.write',
  'identity.accounts.read',
  'identity.roles.assign',
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
  'order.statistics.read',
  'payment.ledger.read',
  'payment.payments.read',
  'payment.reconciliation.read',
  'pricing.prices.read',
  'pricing.prices.write',
  'pricing.promotions.read',
  'pricing.promotions.write',
  'pricing.taxes.write',
  'review.ratings.write',
  'review.reviews.moderate',
];
