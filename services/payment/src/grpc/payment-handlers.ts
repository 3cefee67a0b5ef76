import type { ServiceImpl } from '@connectrpc/connect';
import {
  ListLedgerEntriesRequestSchema,
  ListPaymentsRequestSchema,
  type PaymentService,
  ReconcilePaymentsRequestSchema,
} from '@souk/gen/souk/payment/v1/payment_service_pb';
import { fingerprintOf, type PageTokens, pageSizeOf } from '@souk/rpc';
import { authorizePayment } from '../app/authorize-payment.ts';
import { newAssessment } from '../app/fraud/assessments.ts';
import { capturePayment } from '../app/capture-payment.ts';
import { getPayment } from '../app/get-payment.ts';
import type { PaymentPorts } from '../app/ports.ts';
import { reconcilePayments } from '../app/reconcile-payments.ts';
import { refreshPayment } from '../app/refresh-payment.ts';
import { refundOrder } from '../app/refund-order.ts';
import { refundPayment } from '../app/refund-payment.ts';
import { voidPayment } from '../app/void-payment.ts';
import { isBalanced } from '../domain/ledger.ts';
import {
  authorizationFromProto,
  captureFromProto,
  keyOf,
  orderRefundFromProto,
  reconciliationFromProto,
  refundFromProto,
  voidTargetFromProto,
} from './from-proto.ts';
import { balanceToProto, breakToProto, entryToProto, paymentToProto, refundToProto } from './to-proto.ts';

/** What the handlers need besides the use cases. */
export interface HandlerSettings {
  readonly pageTokens: PageTokens;
  /** Movements younger than this are left out of a reconciliation. */
  readonly settlingMs: number;
  readonly handleProviderWebhook: ServiceImpl<typeof PaymentService>['handleProviderWebhook'];
}

/** Payment's RPCs. */
export function paymentHandlers(
  ports: PaymentPorts,
  { pageTokens, settlingMs, handleProviderWebhook }: HandlerSettings,
): ServiceImpl<typeof PaymentService> {
  return {
    handleProviderWebhook,

    async authorizePayment(request, context) {
      const { payment, verdict } = await authorizePayment(
        ports,
        keyOf(request, context),
        authorizationFromProto(request),
      );
      const review = verdict ? newAssessment(payment, verdict) : await ports.fraud.find(payment.id);
      return { payment: paymentToProto(payment, review) };
    },

    async capturePayment(request, context) {
      const { payment } = await capturePayment(ports, keyOf(request, context), captureFromProto(request));
      return { payment: paymentToProto(payment) };
    },

    async voidPayment(request, context) {
      const payment = await voidPayment(ports, keyOf(request, context), voidTargetFromProto(request));
      return payment === undefined ? {} : { payment: paymentToProto(payment) };
    },

    async refundPayment(request, context) {
      const { payment, refundId } = await refundPayment(
        ports,
        keyOf(request, context),
        refundFromProto(request),
      );
      const refund = payment.refunds.find(({ id }) => id === refundId);
      return {
        payment: paymentToProto(payment),
        ...(refund && { refund: refundToProto(refund, payment.id) }),
      };
    },

    async refundOrder(request, context) {
      const refunds = await refundOrder(ports, keyOf(request, context), orderRefundFromProto(request));
      return { refunds: refunds.map(({ refund, paymentId }) => refundToProto(refund, paymentId)) };
    },

    async refreshPayment({ paymentId }) {
      return { payment: paymentToProto(await refreshPayment(ports, paymentId)) };
    },

    async getPayment({ paymentId }) {
      const [payment, review] = await Promise.all([
        getPayment(ports, paymentId),
        ports.fraud.find(paymentId),
      ]);
      return { payment: paymentToProto(payment, review) };
    },

    async listPayments(request) {
      const fingerprint = fingerprintOf(ListPaymentsRequestSchema, request);
      const limit = pageSizeOf(request.pageSize, 50, 200);
      const before = pageTokens.decode(request.pageToken, fingerprint)?.[0];
      const rows = await ports.payments.list({ orderId: request.orderId, before, limit: limit + 1 });
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        payments: page.map((it) => paymentToProto(it)),
        nextPageToken: rows.length > limit && last ? pageTokens.encode([last.id], fingerprint) : '',
      };
    },

    async listLedgerEntries(request) {
      const fingerprint = fingerprintOf(ListLedgerEntriesRequestSchema, request);
      const limit = pageSizeOf(request.pageSize, 100, 1_000);
      const after = BigInt(pageTokens.decode(request.pageToken, fingerprint)?.[0] ?? 0);
      const { paymentId, account } = request;
      const rows = await ports.ledger.listEntries({ paymentId, account, after, limit: limit + 1 });
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        entries: page.map(entryToProto),
        nextPageToken:
          rows.length > limit && last ? pageTokens.encode([last.entryNumber.toString()], fingerprint) : '',
      };
    },

    async getTrialBalance() {
      const balances = await ports.ledger.trialBalance();
      return { accounts: balances.map(balanceToProto), balanced: isBalanced(balances) };
    },

    async reconcilePayments(request) {
      const fingerprint = fingerprintOf(ReconcilePaymentsRequestSchema, request);
      const limit = pageSizeOf(request.pageSize, 500, 1_000);
      const cursor = pageTokens.decode(request.pageToken, fingerprint);
      const page = await reconcilePayments(
        ports,
        reconciliationFromProto(request, cursor, limit, settlingMs),
      );
      return {
        breaks: page.breaks.map(breakToProto),
        comparedCount: BigInt(page.compared),
        nextPageToken: page.next ? pageTokens.encode([page.next.side, page.next.after], fingerprint) : '',
      };
    },
  };
}
