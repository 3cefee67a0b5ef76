/** What kind of refusal an error is; each maps to one canonical gRPC code (see docs/architecture.md). */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'denied'
  | 'not-found'
  | 'aborted'
  | 'already-exists'
  | 'precondition'
  | 'exhausted'
  | 'unavailable';

/** One field of a request that is wrong, and why. */
export interface FieldViolation {
  /** Path of the field in the request, for example `lines[0].quantity`. */
  readonly field: string;
  /** Why the value is refused, for a person to read. */
  readonly description: string;
}

/** What an error may say besides its reason and message. */
export interface ErrorDetails {
  /** The one field that is wrong; shorthand for a single violation whose description is the message. */
  readonly field?: string;
  /** The dynamic parts of the message, for programs to read. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** All fields that are wrong. */
  readonly violations?: readonly FieldViolation[];
  /** When a retry may succeed, in milliseconds from now. */
  readonly retryAfterMs?: number;
  /** The fault underneath; logged, never sent. */
  readonly cause?: unknown;
}

/**
 * An expected refusal, thrown by domain and application code and turned into a gRPC status by `@souk/rpc`.
 * `reason` is a value of the service's error-reason enum without its prefix, for example `STOCK_INSUFFICIENT`.
 */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly kind: ErrorKind;
  readonly reason: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly violations: readonly FieldViolation[];
  readonly retryAfterMs: number | undefined;

  constructor(kind: ErrorKind, reason: string, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.kind = kind;
    this.reason = reason;
    this.metadata = details.metadata ?? {};
    this.violations =
      details.violations ??
      (details.field === undefined ? [] : [{ field: details.field, description: message }]);
    this.retryAfterMs = details.retryAfterMs;
  }
}

type Factory = (reason: string, message: string, details?: ErrorDetails) => DomainError;

const factory =
  (kind: ErrorKind): Factory =>
  (reason, message, details) =>
    new DomainError(kind, reason, message, details);

/** Bad input: INVALID_ARGUMENT. */
export const invalid: Factory = factory('invalid');
/** Not signed in, or with a token that is not accepted: UNAUTHENTICATED. */
export const unauthenticated: Factory = factory('unauthenticated');
/** Signed in but not allowed: PERMISSION_DENIED. */
export const denied: Factory = factory('denied');
/** Absent, or not the caller's to see: NOT_FOUND. */
export const notFound: Factory = factory('not-found');
/** Lost a race, still in flight, or a stale etag: ABORTED. */
export const aborted: Factory = factory('aborted');
/** Exists already: ALREADY_EXISTS. */
export const alreadyExists: Factory = factory('already-exists');
/** The state forbids it (sold out, declined, shipped): FAILED_PRECONDITION. */
export const precondition: Factory = factory('precondition');
/** Too fast or too much: RESOURCE_EXHAUSTED. */
export const exhausted: Factory = factory('exhausted');
/** A dependency is down: UNAVAILABLE. */
export const unavailable: Factory = factory('unavailable');
