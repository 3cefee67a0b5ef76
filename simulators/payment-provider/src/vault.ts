import type { Bank, Outcome } from './bank.ts';
import { newId, Refusal } from './bank.ts';
import type { PaymentMethod } from './objects.ts';
import { detailsOf, TEST_CARDS, testCardOf } from './test-cards.ts';

/** Keeps a token's card for a customer, to be charged by its own id from now on. */
export function attach(token: string, customer: string): Outcome {
  const declineCode = TEST_CARDS.get(testCardOf(token));
  if (!TEST_CARDS.has(testCardOf(token)))
    throw new Refusal(400, {
      type: 'invalid_request_error',
      code: 'resource_missing',
      param: 'payment_method',
    });
  if (declineCode === 'expired_card' || declineCode === 'lost_card')
    throw new Refusal(402, { type: 'card_error', code: 'card_declined', decline_code: declineCode });
  const id = newId('pm');
  const method: PaymentMethod = { id, object: 'payment_method', customer, card: detailsOf(token, id), token };
  return { change: { method }, reply: shown(method) };
}

/** Forgets a kept card; it cannot be charged any more. */
export function detach(bank: Bank, id: string): Outcome {
  const method = bank.methods.get(id);
  if (method === undefined)
    throw new Refusal(404, {
      type: 'invalid_request_error',
      code: 'resource_missing',
      param: 'payment_method',
    });
  const detached = { ...method, customer: null };
  return { change: { method: detached }, reply: shown(detached) };
}

/** The token's place is in the journal only. */
function shown({ id, object, customer, card }: PaymentMethod): { status: number; body: unknown } {
  return { status: 200, body: { id, object, customer, card } };
}
