import { unavailable } from '@souk/kernel';
import Stripe from 'stripe';

/** Stripe did it, or refused for good. */
export type Definite<Value> =
  | { readonly outcome: 'done'; readonly value: Value }
  | { readonly outcome: 'refused'; readonly error: Stripe.errors.StripeError };

/**
 * What Stripe said for good. Everything else – no connection, a fault of Stripe's, too many requests, the same key under
 * way – leaves the outcome open, to be asked about again under the same key.
 *
 * @throws DomainError PROVIDER_UNAVAILABLE.
 */
export async function definite<Value>(call: () => Promise<Value>): Promise<Definite<Value>> {
  try {
    return { outcome: 'done', value: await call() };
  } catch (error) {
    const isFinal =
      error instanceof Stripe.errors.StripeCardError ||
      (error instanceof Stripe.errors.StripeInvalidRequestError && error.statusCode !== 409);
    if (isFinal) return { outcome: 'refused', error };
    // The error may hold what was sent; its kind and code say enough.
    const cause = error instanceof Stripe.errors.StripeError ? `${error.type} ${codeOf(error)}` : error;
    throw unavailable('PROVIDER_UNAVAILABLE', 'The payment provider did not answer; ask again.', {
      retryAfterMs: 1_000,
      cause,
    });
  }
}

/** Stripe's code of an error. */
export function codeOf(error: Stripe.errors.StripeError): string {
  return error.code ?? error.type;
}

/** The id of something that may be expanded. */
export function referenceOf(it: string | { readonly id: string } | null | undefined): string | undefined {
  return typeof it === 'string' ? it : it?.id;
}
