import { Money } from '@souk/kernel';
import type { Knex } from 'knex';
import type { Payment, PaymentState, Refund } from '../domain/payment.ts';

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
  readonly state: PaymentState;
  readonly currency: string;
  readonly amount: bigint;
  readonly captured: bigint;
  readonly refunded: bigint;
  readonly provider: string;
  readonly provider_reference: string;
  readonly decline_code: string;
  readonly version: bigint;
  readonly create_time: Date;
  readonly update_time: Date;
}

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

/** A payment's row, as stored. */
export function fromPayment(payment: Payment): Record<string, unknown> {
  return {
    payment_id: payment.id,
    order_id: payment.orderId,
    customer_id: payment.customerId,
    state: payment.state,
    currency: payment.amount.currency,
    amount: payment.amount.minor.toString(),
    captured: payment.captured.minor.toString(),
    refunded: payment.refunded.minor.toString(),
    provider: payment.provider,
    provider_reference: payment.providerReference,
    decline_code: payment.declineCode,
    version: payment.version.toString(),
    create_time: payment.createTime,
    update_time: payment.updateTime,
  };
}

function toPayment(row: PaymentRow, refunds: readonly RefundRow[]): Payment {
  const money = (minor: bigint): Money => Money.of(row.currency, minor);
  return {
    id: row.payment_id,
    orderId: row.order_id,
    customerId: row.customer_id,
    state: row.state,
    amount: money(row.amount),
    captured: money(row.captured),
    refunded: money(row.refunded),
    provider: row.provider,
    providerReference: row.provider_reference,
    declineCode: row.decline_code,
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
