import { unavailable } from '@souk/kernel';
import type Stripe from 'stripe';
import type { CardVault } from '../app/methods/ports.ts';
import type { DisputeDesk } from '../app/chargebacks/ports.ts';
import { codeOf, definite } from './stripe-errors.ts';

/**
 * Where Stripe keeps cards. Each is kept under a customer of its own, and known as `<payment method>@<customer>`: Stripe asks
 * for both when it is charged.
 */
export function stripeVault(stripe: Stripe): CardVault {
  return {
    fingerprintOf: () => '',

    async attach(key, customerId, token) {
      const answer = await definite(async () => {
        const metadata = { customer_id: customerId };
        const customer = await stripe.customers.create({ metadata }, { idempotencyKey: `${key}:customer` });
        const method = await stripe.paymentMethods.attach(
          token,
          { customer: customer.id },
          { idempotencyKey: key },
        );
        return { customer, method };
      });
      if (answer.outcome === 'refused') return { outcome: 'refused', code: codeOf(answer.error) };
      const { customer, method } = answer.value;
      const { card } = method;
      if (card === undefined) return { outcome: 'refused', code: 'not_a_card' };
      return {
        outcome: 'attached',
        reference: `${method.id}@${customer.id}`,
        card: {
          brand: card.brand,
          last4: card.last4,
          expireMonth: card.exp_month,
          expireYear: card.exp_year,
          country: card.country ?? '',
          fingerprint: card.fingerprint ?? '',
        },
      };
    },

    async detach(idempotencyKey, providerReference) {
      const [method = ''] = providerReference.split('@');
      const answer = await definite(() => stripe.paymentMethods.detach(method, {}, { idempotencyKey }));
      // What is not there any more is forgotten already.
      if (answer.outcome === 'refused' && answer.error.statusCode !== 404 && answer.error.statusCode !== 400)
        throw unavailable('PROVIDER_UNAVAILABLE', 'The payment provider did not forget the card.');
    },
  };
}

/** Tells Stripe our side of disputes. */
export function stripeDisputes(stripe: Stripe): DisputeDesk {
  return {
    name: 'stripe',
    async submitEvidence(idempotencyKey, providerReference, evidence) {
      const uncategorized_text = [...evidence].map(([title, text]) => `${title}: ${text}`).join('\n');
      const answer = await definite(() =>
        stripe.disputes.update(
          providerReference,
          { evidence: { uncategorized_text }, submit: true },
          { idempotencyKey },
        ),
      );
      return answer.outcome === 'done'
        ? { outcome: 'done' }
        : { outcome: 'refused', code: codeOf(answer.error) };
    },
  };
}
