import type { Sql } from '@souk/sql';
import { isUniqueViolation } from '@souk/sql';
import { z } from 'zod';
import type { PlanClaim, RefundPlan, RefundPlanOutcome, RefundPlans } from '../app/ports.ts';
import { LEASE } from './claim-operation.ts';
import { readPayments } from './payment-row.ts';
import { storedMoney as money, stringify } from './stored-money.ts';
import { refusalJson, storedRefund, storedRefusal } from './stored-operation.ts';

interface PlanRow {
  readonly request_id: string;
  readonly fingerprint: string;
  readonly plan: unknown;
  readonly is_open: boolean;
  readonly outcome: unknown;
}

const plan: z.ZodType<RefundPlan> = z.object({
  parts: z.array(
    z.object({
      paymentId: z.string(),
      requestId: z.string(),
      amount: money,
      shares: z.array(z.object({ position: z.number(), amount: money })),
    }),
  ),
  reason: z.string(),
  reference: z.string(),
});

const outcome: z.ZodType<RefundPlanOutcome> = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('done'),
    refunds: z.array(z.object({ paymentId: z.string(), refund: storedRefund })),
  }),
  z.object({ kind: z.literal('refused'), refusal: storedRefusal }),
]);

/** Refunds of orders in PostgreSQL. */
export function postgresRefundPlans(sql: Sql): RefundPlans {
  const find = async (requestId: string, fingerprint: string): Promise<PlanClaim | undefined> => {
    const row = await sql.knex<PlanRow>('order_refunds').where('request_id', requestId).first();
    if (row === undefined) return undefined;
    if (row.fingerprint !== fingerprint) return { kind: 'reused' };
    if (!row.is_open) return { kind: 'ended', outcome: outcome.parse(row.outcome) };
    return { kind: 'open', requestId, plan: plan.parse(row.plan) };
  };

  return {
    async claim({ requestId, fingerprint }, orderId, draw) {
      const before = await find(requestId, fingerprint);
      if (before !== undefined) return before;
      try {
        return await sql.transaction(async (trx): Promise<PlanClaim> => {
          const payments = await readPayments(trx, (query) => {
            query.where('order_id', orderId).orderBy('payment_id').forUpdate();
          });
          // Another refund of the order, still under way, would be planned for twice.
          const other: unknown = await trx('order_refunds')
            .where({ order_id: orderId, is_open: true })
            .first('request_id');
          if (other !== undefined) return { kind: 'busy' };
          const drawn = draw(payments);
          await trx('order_refunds').insert({
            request_id: requestId,
            order_id: orderId,
            fingerprint,
            plan: stringify(drawn),
            lease_time: trx.raw(`now() + ${LEASE}`),
          });
          return { kind: 'open', requestId, plan: drawn };
        });
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        return (await find(requestId, fingerprint)) ?? { kind: 'busy' };
      }
    },

    async end(requestId, ended) {
      const stored =
        ended.kind === 'done' ? ended : { kind: ended.kind, refusal: refusalJson(ended.refusal) };
      await sql
        .knex('order_refunds')
        .where({ request_id: requestId, is_open: true })
        .update({ is_open: false, outcome: stringify(stored) });
    },

    async takeStale(limit) {
      const { rows } = await sql.knex.raw<{ rows: PlanRow[] }>(
        `update order_refunds set lease_time = now() + ${LEASE} where request_id in (
           select request_id from order_refunds where is_open and lease_time <= now()
           order by lease_time limit ? for update skip locked) returning *`,
        [limit],
      );
      return rows.map((row) => ({ requestId: row.request_id, plan: plan.parse(row.plan) }));
    },
  };
}
