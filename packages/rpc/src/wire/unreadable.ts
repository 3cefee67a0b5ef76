import { isMessage, type Message } from '@bufbuild/protobuf';
import { invalid } from '@souk/kernel';

/** Stands for a request that is no encoding of its type. grpc-js would call it INTERNAL, as if we were at fault. */
export class UnreadableRequest {
  readonly cause: unknown;

  constructor(cause: unknown) {
    this.cause = cause;
  }
}

/** A decoded request, or undefined for an unreadable one. */
export function readableOrNone(value: object): Message | undefined {
  return value instanceof UnreadableRequest ? undefined : asMessage(value);
}

/**
 * A decoded request.
 *
 * @throws DomainError `VALIDATION_FAILED` when it was unreadable.
 */
export function readable(value: object): Message {
  if (value instanceof UnreadableRequest) {
    throw invalid('VALIDATION_FAILED', 'The request is no valid encoding of its message.');
  }
  return asMessage(value);
}

function asMessage(value: object): Message {
  if (!isMessage(value)) throw new TypeError('a request was not decoded');
  return value;
}
