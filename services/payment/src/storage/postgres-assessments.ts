import type { Sql } from '@souk/sql';
import type { AssessmentStore } from '../app/fraud/ports.ts';
import { type AssessmentRow, toAssessment, toJudgedFacts } from './fraud-assessment-row.ts';

/** Assessments in PostgreSQL. They are written with the payments that they judge. */
export function postgresAssessments(sql: Sql): AssessmentStore {
  const rows = () => sql.knex<AssessmentRow>('fraud_assessments').select<AssessmentRow[]>('*');
  return {
    async find(paymentId) {
      const [row] = await rows().where('payment_id', paymentId);
      return row && toAssessment(row);
    },

    async listReviews({ state, after, limit }) {
      const query = rows().where('review_state', state).orderBy('payment_id').limit(limit);
      if (after !== undefined) query.where('payment_id', '>', after);
      // What was given up meanwhile, or is not held yet, asks for nobody's decision.
      if (state === 'pending')
        query.whereExists(
          sql
            .knex('payments')
            .select(sql.knex.raw('1'))
            .whereRaw('payments.payment_id = fraud_assessments.payment_id')
            .whereNotIn('payments.state', ['pending', 'requires_action', 'voided', 'failed']),
        );
      return (await query).map(toAssessment);
    },

    async decide(paymentId, state, reviewerId, note, now) {
      await sql
        .knex('fraud_assessments')
        .where({ payment_id: paymentId, review_state: 'pending' })
        .update({ review_state: state, reviewer_id: reviewerId, review_note: note, review_time: now });
      const [row] = await rows().where('payment_id', paymentId);
      return row && toAssessment(row);
    },

    async setOutcome(paymentId, outcome) {
      const [row] = await sql
        .knex<AssessmentRow>('fraud_assessments')
        .where('payment_id', paymentId)
        .update({ outcome: outcome ?? null })
        .returning<AssessmentRow[]>('*');
      return row && toAssessment(row);
    },

    async scan({ start, end }, after, limit) {
      const query = rows().orderBy('payment_id').limit(limit);
      if (after !== undefined) query.where('payment_id', '>', after);
      if (start !== undefined) query.where('create_time', '>=', start);
      if (end !== undefined) query.where('create_time', '<', end);
      return (await query).map(toJudgedFacts);
    },
  };
}
