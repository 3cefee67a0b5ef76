import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError } from '@connectrpc/connect';
import {
  BadRequestSchema,
  ErrorInfoSchema,
  PreconditionFailureSchema,
  RetryInfoSchema,
} from '@souk/gen/google/rpc/error_details_pb';
import { DomainError, type ErrorKind, newId } from '@souk/kernel';

const CODES: Readonly<Record<ErrorKind, Code>> = {
  invalid: Code.InvalidArgument,
  unauthenticated: Code.Unauthenticated,
  denied: Code.PermissionDenied,
  'not-found': Code.NotFound,
  aborted: Code.Aborted,
  'already-exists': Code.AlreadyExists,
  precondition: Code.FailedPrecondition,
  exhausted: Code.ResourceExhausted,
  unavailable: Code.Unavailable,
};

/** When a caller may try again if the error does not say: milliseconds. */
const DEFAULT_RETRY_MS = 200;

/** Most violations that are told. They travel in trailers, whose size peers limit to a few kilobytes. */
const MAX_VIOLATIONS = 20;

/** An error ready to be sent, and whether it is a fault of ours that must be logged with its cause. */
export interface OutgoingError {
  readonly error: ConnectError;
  readonly fault: boolean;
}

/**
 * The one place where an error becomes a gRPC status: canonical code, `google.rpc.ErrorInfo` with the service's
 * domain, and BadRequest, PreconditionFailure or RetryInfo where they say more. Anything unexpected becomes INTERNAL
 * with an error id and no internals.
 *
 * @param service the name of the service that answers, for ErrorInfo's domain `<service>.souk`.
 */
export function toConnectError(thrown: unknown, service: string): OutgoingError {
  if (thrown instanceof DomainError) return { error: fromDomainError(thrown, service), fault: false };
  if (thrown instanceof ConnectError && thrown.details.length > 0)
    return { error: relayed(thrown), fault: false };
  if (thrown instanceof ConnectError)
    return { error: fromStatus(thrown, service), fault: thrown.code === Code.Internal };
  return { error: internal(service, thrown), fault: true };
}

function fromDomainError(source: DomainError, service: string): ConnectError {
  const error = new ConnectError(source.message, CODES[source.kind], undefined, undefined, source.cause);
  const details: ConnectError['details'] = [
    {
      desc: ErrorInfoSchema,
      value: { reason: source.reason, domain: `${service}.souk`, metadata: { ...source.metadata } },
    },
  ];
  if (source.kind === 'precondition') {
    details.push({
      desc: PreconditionFailureSchema,
      value: { violations: [{ type: source.reason, subject: service, description: source.message }] },
    });
  } else if (source.violations.length > 0) {
    const fieldViolations = source.violations.slice(0, MAX_VIOLATIONS);
    details.push({ desc: BadRequestSchema, value: { fieldViolations } });
  }
  const retryMs = source.retryAfterMs ?? (source.kind === 'unavailable' ? DEFAULT_RETRY_MS : undefined);
  if (retryMs !== undefined)
    details.push({ desc: RetryInfoSchema, value: { retryDelay: durationFromMs(retryMs) } });
  error.details = details;
  return error;
}

/** An error of a service further on: its reason and details are passed on as they are. */
function relayed(source: ConnectError): ConnectError {
  const error = new ConnectError(source.rawMessage, source.code);
  error.details = source.details;
  return error;
}

/** A bare status, as the transport raises it when a call is cancelled, late or finds nobody. */
function fromStatus(source: ConnectError, service: string): ConnectError {
  const reason =
    source.code === Code.DeadlineExceeded
      ? 'DEADLINE_EXCEEDED'
      : source.code === Code.Canceled
        ? 'CANCELLED'
        : source.code === Code.Unavailable
          ? 'DEPENDENCY_UNAVAILABLE'
          : source.code === Code.Unimplemented
            ? 'UNIMPLEMENTED'
            : undefined;
  if (reason === undefined) return internal(service, source);
  const error = new ConnectError(source.rawMessage, source.code, undefined, undefined, source);
  error.details = [{ desc: ErrorInfoSchema, value: { reason, domain: `${service}.souk` } }];
  return error;
}

function internal(service: string, cause: unknown): ConnectError {
  const errorId = newId();
  const error = new ConnectError(
    `An internal error occurred (${errorId}).`,
    Code.Internal,
    undefined,
    undefined,
    cause,
  );
  error.details = [
    {
      desc: ErrorInfoSchema,
      value: { reason: 'INTERNAL', domain: `${service}.souk`, metadata: { error_id: errorId } },
    },
  ];
  return error;
}
