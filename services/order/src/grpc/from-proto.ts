import { type Timestamp, timestampDate } from '@bufbuild/protobuf/wkt';
import type { PostalAddress as PostalAddressMessage } from '@souk/gen/google/type/postal_address_pb';
import { invalid, unauthenticated } from '@souk/kernel';
import { type Call, ownerScope, type Principal, principalOf } from '@souk/rpc';
import type { HandlerContext } from '@connectrpc/connect';
import type { RequestKey } from '../app/ports.ts';
import type { Customer } from '../domain/order.ts';
import type { PostalAddress } from '../domain/postal-address.ts';

/** What is left to the caller for receiving the answer. */
const MARGIN_MS = 300;

/** A point in time of a request; undefined when it is unset. */
export function dateFromProto(timestamp: Timestamp | undefined): Date | undefined {
  return timestamp && timestampDate(timestamp);
}

/** A required point in time. */
export function requiredDate(timestamp: Timestamp | undefined, field: string): Date {
  if (timestamp === undefined) throw invalid('VALIDATION_FAILED', 'A time is required.', { field });
  return timestampDate(timestamp);
}

/** An address of a request. */
export function addressFromProto(message: PostalAddressMessage): PostalAddress {
  return {
    regionCode: message.regionCode,
    languageCode: message.languageCode,
    postalCode: message.postalCode,
    sortingCode: message.sortingCode,
    administrativeArea: message.administrativeArea,
    locality: message.locality,
    sublocality: message.sublocality,
    addressLines: message.addressLines,
    recipients: message.recipients,
    organization: message.organization,
  };
}

/** The buyer that a call is made for. */
export function customerOf(principal: Principal): Customer {
  if (principal.kind === 'guest') return { id: principal.id, kind: 'guest' };
  if (principal.kind === 'user') return { id: principal.id, kind: 'account' };
  throw unauthenticated('TOKEN_MISSING', 'This call needs a token.');
}

/** What makes a call once-only. */
export function keyOf(call: Call, requestId: string): RequestKey {
  return { requestId, fingerprint: call.fingerprint };
}

/** When to answer a call, in milliseconds since the epoch: a little before its caller gives up. */
export function answerBy(call: Call, longestMs: number): number {
  return Math.min(call.deadline, Date.now() + longestMs) - MARGIN_MS;
}

/** Who acts, for the history: the buyer, or staff on the buyer's behalf. */
export function actorOf(context: HandlerContext): string {
  return `${ownerScope(context).kind === 'own' ? 'customer' : 'staff'}:${principalOf(context).id}`;
}

/** Who acts where a permission alone admits: staff, or a program of theirs. */
export function staffOf(context: HandlerContext): string {
  return `staff:${principalOf(context).id}`;
}
