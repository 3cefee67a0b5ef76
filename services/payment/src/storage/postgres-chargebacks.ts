import { Money } from '@souk/kernel';
import type { Envelope } from '@souk/messaging';
import { appendOutbox, type Sql } from '@souk/sql';
import type { Knex } from 'knex';
import { z } from 'zod';
import type { ChargebackStore } from '../app/chargebacks/ports.ts';
import { paymentNotFound } from '../app/get-payment.ts';
import {
  type Chargeback,
  type ChargebackState,
  type ChargebackStep,
  type DisputeNews,
  stepsOf,
} from '../domain/chargeback.ts';
import type { Booking } from '../domain/ledger.ts';
import { bookChargeback, bookChargebackLost, bookChargebackWon } from '../domain/own-bookings.ts';
import { storeOwnBooking } from './store-own-booking.ts';

interface ChargebackRow {
  readonly chargeback_id: string;
  readonly payment_id: string;
  readonly order_id: string;
  readonly currency: string;
  readonly amount: bigint;
  readonly reason: string;
  readonly state: ChargebackState;
  readonly provider: string;
  readonly provider_reference: string;
  readonly evidence_due_time: Date | null;
  readonly evidence: unknown;
  readonly version: bigint;
  readonly create_time: Date;
  readonly update_time: Date;
}

const evidence = z.record(z.string(), z.string());

/** Turns a step of a chargeback into the message that tells of it. */
export type TellChargeback = (step: ChargebackStep, chargeback: Chargeback) => Envelope;

/** Chargebacks in PostgreSQL. */
export function postgresChargebacks(sql: Sql, toEvent: TellChargeback): ChargebackStore {
  const rows = (db: Knex) => db<ChargebackRow>('chargebacks').select<ChargebackRow[]>('*');
  return {
    async apply(provider, news, newId, now) {
      return sql.transaction(async (trx) => {
        // News of one dispute take turns, also before there is a row to lock.
        await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 7004))', [news.providerReference]);
        const [row] = await rows(trx).where({ provider, provider_reference: news.providerReference });
        let chargeback = row && toChargeback(row);
        for (const step of stepsOf(chargeback, news)) {
          chargeback =
            chargeback === undefined
              ? await open(trx, provider, news, newId, now)
              : await close(trx, chargeback, step === 'won' ? 'won' : 'lost', now);
          const booking = bookingOf(step, chargeback, news);
          await storeOwnBooking(trx, booking, now, chargeback);
          await learn(trx, step, chargeback);
          await appendOutbox(trx, [toEvent(step, chargeback)]);
        }
        if (chargeback === undefined) throw new Error('news without a step of an unknown dispute');
        return chargeback;
      });
    },

    async find(chargebackId) {
      const [row] = await rows(sql.knex).where('chargeback_id', chargebackId);
      return row && toChargeback(row);
    },

    async list({ orderId, before, limit }) {
      const query = rows(sql.knex).orderBy('chargeback_id', 'desc').limit(limit);
      if (orderId !== '') query.where('order_id', orderId);
      if (before !== undefined) query.where('chargeback_id', '<', before);
      return (await query).map(toChargeback);
    },

    async submitted(chargebackId, told, now) {
      const [row] = await sql
        .knex('chargebacks')
        .where('chargeback_id', chargebackId)
        .whereIn('state', ['open', 'evidence_submitted'])
        .update({
          state: 'evidence_submitted',
          evidence: JSON.stringify(Object.fromEntries(told)),
          version: sql.knex.raw('version + 1'),
          update_time: now,
        })
        .returning<ChargebackRow[]>('*');
      return row && toChargeback(row);
    },
  };
}

/** A dispute because of fraud says what the payment was, until it is won. */
async function learn(
  trx: Knex.Transaction,
  step: ChargebackStep,
  { paymentId, reason }: Chargeback,
): Promise<void> {
  if (reason !== 'fraudulent') return;
  const outcome = step === 'won' ? 'legitimate' : 'fraud';
  await trx('fraud_assessments').where('payment_id', paymentId).update({ outcome });
}

async function open(
  trx: Knex.Transaction,
  provider: string,
  news: DisputeNews,
  chargebackId: string,
  now: Date,
): Promise<Chargeback> {
  const [payment] = await trx('payments')
    .select<{ payment_id: string; order_id: string }[]>('payment_id', 'order_id')
    .where({ provider, provider_reference: news.paymentReference });
  if (payment === undefined) throw paymentNotFound();
  const [row] = await trx('chargebacks')
    .insert({
      chargeback_id: chargebackId,
      payment_id: payment.payment_id,
      order_id: payment.order_id,
      currency: news.amount.currency,
      amount: news.amount.minor.toString(),
      reason: news.reason,
      state: 'open',
      provider,
      provider_reference: news.providerReference,
      evidence_due_time: news.evidenceDueTime ?? null,
      version: 1,
      create_time: now,
      update_time: now,
    })
    .returning<ChargebackRow[]>('*');
  if (row === undefined) throw new Error('a chargeback was not stored');
  return toChargeback(row);
}

async function close(
  trx: Knex.Transaction,
  { id }: Chargeback,
  state: 'won' | 'lost',
  now: Date,
): Promise<Chargeback> {
  const [row] = await trx('chargebacks')
    .where('chargeback_id', id)
    .update({ state, version: trx.raw('version + 1'), update_time: now })
    .returning<ChargebackRow[]>('*');
  if (row === undefined) throw new Error('a chargeback has vanished');
  return toChargeback(row);
}

function bookingOf(step: ChargebackStep, { amount, provider }: Chargeback, news: DisputeNews): Booking {
  switch (step) {
    case 'opened':
      return bookChargeback(amount, provider, news.providerReference);
    case 'won':
      return bookChargebackWon(amount, provider, news.reinstatement);
    case 'lost':
      return bookChargebackLost(amount, news.providerReference);
  }
}

function toChargeback(row: ChargebackRow): Chargeback {
  return {
    id: row.chargeback_id,
    paymentId: row.payment_id,
    orderId: row.order_id,
    amount: Money.of(row.currency, row.amount),
    reason: row.reason,
    state: row.state,
    provider: row.provider,
    providerReference: row.provider_reference,
    evidenceDueTime: row.evidence_due_time ?? undefined,
    evidence: new Map(Object.entries(evidence.parse(row.evidence))),
    version: row.version,
    createTime: row.create_time,
    updateTime: row.update_time,
  };
}
