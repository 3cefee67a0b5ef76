import { aborted, type DomainError, exhausted, invalid, notFound, precondition } from '@souk/kernel';
import { MAX_LINES, MAX_QUANTITY } from '../domain/cart.ts';

/** The error for a script's refusal: its reason, then what it says besides. */
export function refusalOf([reason = '', first = '', second = '']: readonly string[]): DomainError {
  switch (reason) {
    case 'CART_NOT_FOUND':
      return notFound(reason, 'There is no such cart.');
    case 'CART_MERGED':
      return precondition(reason, 'The cart is being merged into an account’s cart.');
    case 'REQUEST_ID_REUSED':
      return invalid(reason, 'The request id was used for another request.', { field: 'request_id' });
    case 'ETAG_MISMATCH':
      return aborted(reason, 'The cart has changed since it was read.');
    case 'CONTEXT_MISMATCH':
      return precondition(reason, `The cart has lines in ${first} for ${second}.`, {
        metadata: { currency: first, country: second },
      });
    case 'LINE_NOT_FOUND':
      return notFound(reason, 'The cart has no line of that SKU.', { metadata: { sku: first } });
    case 'QUANTITY_LIMIT_EXCEEDED':
      return precondition(reason, `A line may have ${MAX_QUANTITY} units.`, {
        metadata: { sku: first, limit: String(MAX_QUANTITY) },
      });
    case 'LINE_LIMIT_EXCEEDED':
      return precondition(reason, `A cart may have ${MAX_LINES} lines.`, {
        metadata: { limit: String(MAX_LINES) },
      });
    case 'TOO_MANY_CHANGES':
      return exhausted(reason, 'The cart was changed too often today.', { retryAfterMs: 3_600_000 });
    default:
      throw new TypeError(`a cart script refused for an unknown reason: ${reason}`);
  }
}
