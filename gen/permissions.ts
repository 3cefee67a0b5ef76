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
  'identity.accounts.lock': [
    'souk.identity.v1.IdentityService/LockAccount',
    'souk.identity.v1.IdentityService/UnlockAccount',
  ],
  'identity.accounts.read': [
    'souk.identity.v1.IdentityService/GetAccount',
    'souk.identity.v1.IdentityService/SearchAccounts',
  ],
  'identity.audit.read': [
    'souk.identity.v1.IdentityService/ListAuditEntries',
    'souk.identity.v1.IdentityService/VerifyAuditLog',
  ],
  'identity.roles.assign': [
    'souk.identity.v1.IdentityService/GrantRole',
    'souk.identity.v1.IdentityService/RevokeRole',
  ],
  'identity.roles.read': [
    'souk.identity.v1.IdentityService/ListPermissions',
    'souk.identity.v1.IdentityService/ListRoles',
  ],
  'identity.roles.write': [
    'souk.identity.v1.IdentityService/CreateRole',
    'souk.identity.v1.IdentityService/UpdateRole',
    'souk.identity.v1.IdentityService/DeleteRole',
  ],
  'identity.service_accounts.read': [
    'souk.identity.v1.IdentityService/ListServiceAccounts',
    'souk.identity.v1.IdentityService/ListApiKeys',
  ],
  'identity.service_accounts.write': [
    'souk.identity.v1.IdentityService/CreateServiceAccount',
    'souk.identity.v1.IdentityService/DeleteServiceAccount',
    'souk.identity.v1.IdentityService/CreateApiKey',
    'souk.identity.v1.IdentityService/RevokeApiKey',
  ],
  'identity.signing_keys.rotate': [
    'souk.identity.v1.IdentityService/ListSigningKeys',
    'souk.identity.v1.IdentityService/RotateSigningKey',
  ],
  'inventory.ledger.read': [
    'souk.inventory.v1.InventoryService/ListMovements',
    'souk.inventory.v1.InventoryService/CheckLedger',
    'souk.inventory.v1.WarehouseService/ListLocations',
    'souk.inventory.v1.WarehouseService/ListStockLevels',
    'souk.inventory.v1.WarehouseService/GetStockPolicy',
    'souk.inventory.v1.WarehouseService/GetKit',
    'souk.inventory.v1.WarehouseService/GetTransfer',
    'souk.inventory.v1.WarehouseService/GetCount',
    'souk.inventory.v1.WarehouseService/ListStockMetrics',
  ],
  'inventory.stock.write': [
    'souk.inventory.v1.InventoryService/ReceiveStock',
    'souk.inventory.v1.InventoryService/AdjustStock',
    'souk.inventory.v1.InventoryService/RebuildAvailability',
    'souk.inventory.v1.WarehouseService/SetLocation',
    'souk.inventory.v1.WarehouseService/SetStockPolicy',
    'souk.inventory.v1.WarehouseService/SetKit',
    'souk.inventory.v1.WarehouseService/AnnounceStock',
    'souk.inventory.v1.WarehouseService/CreateTransfer',
    'souk.inventory.v1.WarehouseService/ReceiveTransfer',
    'souk.inventory.v1.WarehouseService/CancelTransfer',
    'souk.inventory.v1.WarehouseService/StartCount',
    'souk.inventory.v1.WarehouseService/ReconcileCount',
    'souk.inventory.v1.WarehouseService/BulkUpdateStock',
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
    'souk.order.v1.OrderService/CancelOrderLines',
  ],
  'order.orders.edit': [
    'souk.order.v1.OrderEditService/StageOrderEdit',
    'souk.order.v1.OrderEditService/ConfirmOrderEdit',
    'souk.order.v1.OrderEditService/DiscardOrderEdit',
  ],
  'order.orders.export': [
    'souk.order.v1.OrderService/ExportOrders',
  ],
  'order.orders.read': [
    'souk.order.v1.FulfilmentService/GetShipment',
    'souk.order.v1.FulfilmentService/ListShipments',
    'souk.order.v1.OrderEditService/GetOrderEdit',
    'souk.order.v1.OrderEditService/ListOrderEdits',
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
    'souk.order.v1.ReturnService/ApproveReturn',
    'souk.order.v1.ReturnService/RefuseReturn',
    'souk.order.v1.ReturnService/WithdrawReturn',
    'souk.order.v1.ReturnService/RecordReturnArrival',
  ],
  'order.sagas.read': [
    'souk.order.v1.OrderService/ListSagas',
    'souk.order.v1.OrderService/GetSaga',
  ],
  'order.sagas.write': [
    'souk.order.v1.OrderService/CompensateSaga',
    'souk.order.v1.OrderService/ResumeSaga',
  ],
  'order.shipments.write': [
    'souk.order.v1.FulfilmentService/CreateShipment',
    'souk.order.v1.FulfilmentService/UpdateShipmentTracking',
    'souk.order.v1.FulfilmentService/DeliverShipment',
    'souk.order.v1.FulfilmentService/ListOrderAllocations',
  ],
  'order.statistics.read': [
    'souk.order.v1.OrderService/GetOrderStatistics',
  ],
  'payment.chargebacks.read': [
    'souk.payment.v1.ChargebackService/GetChargeback',
    'souk.payment.v1.ChargebackService/ListChargebacks',
  ],
  'payment.chargebacks.write': [
    'souk.payment.v1.ChargebackService/SubmitChargebackEvidence',
  ],
  'payment.fraud.manage': [
    'souk.payment.v1.FraudService/CreateFraudRuleSet',
    'souk.payment.v1.FraudService/ActivateFraudRuleSet',
  ],
  'payment.fraud.read': [
    'souk.payment.v1.FraudService/GetFraudAssessment',
    'souk.payment.v1.FraudService/ListFraudReviews',
    'souk.payment.v1.FraudService/GetFraudReport',
    'souk.payment.v1.FraudService/BacktestFraudRules',
    'souk.payment.v1.FraudService/GetFraudRuleSet',
    'souk.payment.v1.FraudService/ListFraudRuleSets',
    'souk.payment.v1.FraudService/ListBlocklistEntries',
  ],
  'payment.fraud.review': [
    'souk.payment.v1.FraudService/DecideFraudReview',
    'souk.payment.v1.FraudService/ReportFraudOutcome',
    'souk.payment.v1.FraudService/AddBlocklistEntry',
    'souk.payment.v1.FraudService/RemoveBlocklistEntry',
  ],
  'payment.giftcards.read': [
    'souk.payment.v1.GiftCardService/GetGiftCard',
    'souk.payment.v1.GiftCardService/ListGiftCards',
  ],
  'payment.giftcards.write': [
    'souk.payment.v1.GiftCardService/IssueGiftCards',
    'souk.payment.v1.GiftCardService/DisableGiftCard',
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
  'payment.storecredit.read': [
    'souk.payment.v1.StoreCreditService/GetStoreCredit',
    'souk.payment.v1.StoreCreditService/ListStoreCreditEntries',
  ],
  'payment.storecredit.write': [
    'souk.payment.v1.StoreCreditService/GrantStoreCredit',
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
];
