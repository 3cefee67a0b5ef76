import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  type AccountBalance as AccountBalanceMessage,
  AccountBalanceSchema,
  type LedgerEntry as LedgerEntryMessage,
  LedgerEntrySchema,
  LedgerSide,
  LedgerTransactionKind,
  type ReconciliationBreak as BreakMessage,
  ReconciliationBreakKind,
  ReconciliationBreakSchema,
} from '@souk/gen/souk/payment/v1/ledger_pb';
import {
  type Payment as PaymentMessage,
  PaymentPurpose as PurposeMessage,
  PaymentSchema,
  PaymentState as StateMessage,
  type Refund as RefundMessage,
  RefundSchema,
  TenderKind as TenderKindMessage,
} from '@souk/gen/souk/payment/v1/payment_pb';
import { moneyToProto } from '@souk/rpc';
import type { StoredAssessment } from '../app/fraud/ports.ts';
import type { LedgerEntry } from '../app/ports.ts';
import type { AccountBalance, BookingKind } from '../domain/ledger.ts';
import type { Payment, PaymentPurpose, Refund } from '../domain/payment.ts';
import type { PaymentState } from '../domain/payment-state.ts';
import type { ReconciliationBreak } from '../domain/reconciliation.ts';
import type { TenderKind } from '../domain/tender.ts';
import { assessmentToProto } from './fraud-to-proto.ts';

const STATES: Readonly<Record<PaymentState, StateMessage>> = {
  pending: StateMessage.PENDING,
  authorized: StateMessage.AUTHORIZED,
  captured: StateMessage.CAPTURED,
  partially_refunded: StateMessage.PARTIALLY_REFUNDED,
  refunded: StateMessage.REFUNDED,
  voided: StateMessage.VOIDED,
  failed: StateMessage.FAILED,
  partially_captured: StateMessage.PARTIALLY_CAPTURED,
  requires_action: StateMessage.REQUIRES_ACTION,
  in_review: StateMessage.IN_REVIEW,
};

const PURPOSES: Readonly<Record<PaymentPurpose, PurposeMessage>> = {
  checkout: PurposeMessage.CHECKOUT,
  edit: PurposeMessage.EDIT,
  exchange: PurposeMessage.EXCHANGE,
  unmatched: PurposeMessage.UNMATCHED,
};

const TENDERS: Readonly<Record<TenderKind, TenderKindMessage>> = {
  card: TenderKindMessage.CARD,
  gift_card: TenderKindMessage.GIFT_CARD,
  store_credit: TenderKindMessage.STORE_CREDIT,
};

const BOOKINGS: Readonly<Record<BookingKind, LedgerTransactionKind>> = {
  capture: LedgerTransactionKind.CAPTURE,
  refund: LedgerTransactionKind.REFUND,
  gift_card_issue: LedgerTransactionKind.GIFT_CARD_ISSUE,
  store_credit_grant: LedgerTransactionKind.STORE_CREDIT_GRANT,
  chargeback: LedgerTransactionKind.CHARGEBACK,
  chargeback_won: LedgerTransactionKind.CHARGEBACK_WON,
  chargeback_lost: LedgerTransactionKind.CHARGEBACK_LOST,
};

const BREAKS: Readonly<Record<ReconciliationBreak['kind'], ReconciliationBreakKind>> = {
  'missing-in-ledger': ReconciliationBreakKind.MISSING_IN_LEDGER,
  'missing-at-provider': ReconciliationBreakKind.MISSING_AT_PROVIDER,
  'amount-mismatch': ReconciliationBreakKind.AMOUNT_MISMATCH,
};

/** A payment for the wire, with what the fraud rules thought of it where that is known. */
export function paymentToProto(payment: Payment, review?: StoredAssessment): PaymentMessage {
  return create(PaymentSchema, {
    paymentId: payment.id,
    orderId: payment.orderId,
    customerId: payment.customerId,
    state: STATES[payment.state],
    amount: moneyToProto(payment.amount),
    capturedAmount: moneyToProto(payment.captured),
    refundedAmount: moneyToProto(payment.refunded),
    provider: payment.provider,
    providerReference: payment.providerReference,
    declineCode: payment.declineCode,
    releasedAmount: moneyToProto(payment.released),
    purpose: PURPOSES[payment.purpose],
    reference: payment.reference,
    tenders: payment.tenders.map((it) => ({
      kind: TENDERS[it.kind],
      amount: moneyToProto(it.amount),
      capturedAmount: moneyToProto(it.captured),
      refundedAmount: moneyToProto(it.refunded),
      label: it.label,
    })),
    captures: payment.captures.map(({ amount, providerReference, createTime }) => ({
      amount: moneyToProto(amount),
      providerReference,
      createTime: timestampFromDate(createTime),
    })),
    ...(review && { review: assessmentToProto(review) }),
    ...(payment.action && {
      actionRequired: {
        redirectUrl: payment.action.redirectUrl,
        clientSecret: payment.action.clientSecret,
        expireTime: timestampFromDate(payment.action.expireTime),
      },
    }),
    refunds: payment.refunds.map((refund) => refundToProto(refund, payment.id)),
    version: payment.version,
    createTime: timestampFromDate(payment.createTime),
    updateTime: timestampFromDate(payment.updateTime),
  });
}

/** A refund for the wire. */
export function refundToProto(refund: Refund, paymentId: string): RefundMessage {
  return create(RefundSchema, {
    paymentId,
    refundId: refund.id,
    amount: moneyToProto(refund.amount),
    reason: refund.reason,
    reference: refund.reference,
    providerReference: refund.providerReference,
    createTime: timestampFromDate(refund.createTime),
  });
}

/** A ledger entry for the wire. */
export function entryToProto(entry: LedgerEntry): LedgerEntryMessage {
  return create(LedgerEntrySchema, {
    entryNumber: entry.entryNumber,
    transactionId: entry.transactionId,
    kind: BOOKINGS[entry.kind],
    account: entry.account,
    side: entry.side === 'debit' ? LedgerSide.DEBIT : LedgerSide.CREDIT,
    amount: moneyToProto(entry.amount),
    paymentId: entry.paymentId,
    orderId: entry.orderId,
    providerReference: entry.providerReference,
    bookTime: timestampFromDate(entry.bookTime),
  });
}

/** An account's sums for the wire. */
export function balanceToProto({ account, debit, credit }: AccountBalance): AccountBalanceMessage {
  return create(AccountBalanceSchema, { account, debit: moneyToProto(debit), credit: moneyToProto(credit) });
}

/** A difference between the books for the wire. */
export function breakToProto(found: ReconciliationBreak): BreakMessage {
  return create(ReconciliationBreakSchema, {
    kind: BREAKS[found.kind],
    providerReference: found.providerReference,
    paymentId: found.paymentId,
    ...(found.ledgerAmount && { ledgerAmount: moneyToProto(found.ledgerAmount) }),
    ...(found.providerAmount && { providerAmount: moneyToProto(found.providerAmount) }),
  });
}
