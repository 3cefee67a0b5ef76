import { Money } from '@souk/kernel';
import type { Knex } from 'knex';
import { z } from 'zod';
import type { Capture, Payment, PaymentPurpose, Refund, Screening } from '../domain/payment.ts';
import type { PaymentState } from '../domain/payment-state.ts';
import type { Tender } from '../domain/tender.ts';

interface RefundRow {
  readonly refund_id: string;
  readonly amount: bigint;
  readonly reason: string;
  readonly reference: string;
  readonly provider_reference: string;
  readonly create_time: Date;
}

interface PaymentRow {
  readonly payment_id: string;
  readonly order_id: string;
  readonly customer_id: string;
  readonly purpose: PaymentPurpose;
  readonly reference: string;
  readonly state: PaymentState;
  readonly currency: string;
  readonly amount: bigint;
  readonly captured: bigint;
  readonly refunded: bigint;
  readonly released: bigint;
  readonly tenders: unknown;
  readonly captures: unknown;
  readonly provider: string;
  readonly provider_reference: string;
  readonly decline_code: string;
  readonly screening: Screening;
  readonly action: unknown;
  readonly version: bigint;
  readonly create_time: Date;
  readonly update_time: Date;
}

// Tenders and captures are read and written with their payment only, so they are kept in its row.
const minor = z.string().transform(BigInt);
const tenders = z.array(
  z.object({
    kind: z.enum(['card', 'gift_card', 'store_credit']),
    amount: minor,
    captured: minor,
    refunded: minor,
    source: z.string(),
    label: z.string(),
  }),
);
const captures = z.array(
  z.object({ amount: minor, providerReference: z.string(), createTime: z.iso.datetime() }),
);
const action = z.object({ redirectUrl: z.string(), expireTime: z.iso.datetime() }).nullable();

/** Columns that a new payment has. */
export const PAYMENT_COLUMNS = `payment_id, order_id, customer_id, purpose, reference, state, currency, amount, captured,
  refunded, released, tenders, captures, provider, provider_reference, decline_code, screening, action, version,
  create_time, update_time`;

/** Columns that change. */
export const CHANGING_COLUMNS = `purpose, state, captured, refunded, released, tenders, captures, provider_reference,
  decline_code, action, version, update_time`;

/** Reads payments with their refunds; `narrow` says which, in which order, and whether they are locked. */
export async function readPayments(
  db: Knex,
  narrow: (query: Knex.QueryBuilder<PaymentRow, PaymentRow[]>) => void,
): Promise<Payment[]> {
  const query = db<PaymentRow>('payments').select<PaymentRow[]>('*');
  narrow(query);
  const rows = await query;
  const refunded = rows.filter((row) => row.refunded > 0n).map((row) => row.payment_id);
  const refunds =
    refunded.length === 0
      ? []
      : await db<RefundRow & { payment_id: string }>('refunds')
          .select<(RefundRow & { payment_id: string })[]>('*')
          .whereIn('payment_id', refunded)
          .orderBy('refund_id');
  const byPayment = Map.groupBy(refunds, (refund) => refund.payment_id);
  return rows.map((row) => toPayment(row, byPayment.get(row.payment_id) ?? []));
}

/** A payment's row as JSON, for `json_populate_record(null::payments, …)`. The payer's secret is left out. */
export function paymentJson(payment: Payment): string {
  return JSON.stringify({
    payment_id: payment.id,
    order_id: payment.orderId,
    customer_id: payment.customerId,
    purpose: payment.purpose,
    reference: payment.reference,
    state: payment.state,
    currency: payment.amount.currency,
    amount: payment.amount.minor.toString(),
    captured: payment.captured.minor.toString(),
    refunded: payment.refunded.minor.toString(),
    released: payment.released.minor.toString(),
    tenders: payment.tenders.map(fromTender),
    captures: payment.captures.map(fromCapture),
    provider: payment.provider,
    provider_reference: payment.providerReference,
    decline_code: payment.declineCode,
    screening: payment.screening,
    action: payment.action && {
      redirectUrl: payment.action.redirectUrl,
      expireTime: payment.action.expireTime,
    },
    version: payment.version.toString(),
    create_time: payment.createTime,
    update_time: payment.updateTime,
  });
}

function fromTender({ kind, amount, captured, refunded, source, label }: Tender): object {
  return {
    kind,
    amount: amount.minor.toString(),
    captured: captured.minor.toString(),
    refunded: refunded.minor.toString(),
    source,
    label,
  };
}

function fromCapture({ amount, providerReference, createTime }: Capture): object {
  return { amount: amount.minor.toString(), providerReference, createTime };
}

function toPayment(row: PaymentRow, refunds: readonly RefundRow[]): Payment {
  const money = (amount: bigint): Money => Money.of(row.currency, amount);
  const waiting = action.parse(row.action);
  return {
    id: row.payment_id,
    orderId: row.order_id,
    customerId: row.customer_id,
    purpose: row.purpose,
    reference: row.reference,
    state: row.state,
    amount: money(row.amount),
    captured: money(row.captured),
    refunded: money(row.refunded),
    released: money(row.released),
    tenders: tenders.parse(row.tenders).map((it) => ({
      ...it,
      amount: money(it.amount),
      captured: money(it.captured),
      refunded: money(it.refunded),
    })),
    provider: row.provider,
    providerReference: row.provider_reference,
    declineCode: row.decline_code,
    screening: row.screening,
    action: waiting === null ? undefined : toAction(waiting),
    captures: captures.parse(row.captures).map((it) => ({
      amount: money(it.amount),
      providerReference: it.providerReference,
      createTime: new Date(it.createTime),
    })),
    refunds: refunds.map(
      (refund): Refund => ({
        id: refund.refund_id,
        amount: money(refund.amount),
        reason: refund.reason,
        reference: refund.reference,
        providerReference: refund.provider_reference,
        createTime: refund.create_time,
      }),
    ),
    version: row.version,
    createTime: row.create_time,
    updateTime: row.update_time,
  };
}

function toAction(it: { redirectUrl: string; expireTime: string }): Payment['action'] {
  return { redirectUrl: it.redirectUrl, clientSecret: '', expireTime: new Date(it.expireTime) };
}
