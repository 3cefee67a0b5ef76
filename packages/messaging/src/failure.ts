import { DomainError } from '@souk/kernel';

const NETWORK_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

// SQLSTATE classes: 08 connection, 40 rolled back (serialisation, deadlock), 53 resources, 57P operator intervention.
const SQLSTATE = /^(08|40|53)[0-9A-Z]{3}$|^57P0[1-5]$|^55P03$|^57014$/;

const ERROR_NAMES =
  /^(Mongo(Network|ServerSelection|NotConnected|PoolCleared|WaitQueueTimeout).*|MaxRetriesPerRequestError|KnexTimeoutError|ConnectionError|TimeoutError|NoLivingConnectionsError|KafkaJS(Connection|NumberOfRetriesExceeded|RequestTimeout|BrokerNotFound).*)$/;

// gRPC: DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, UNAVAILABLE.
const GRPC_CODES: ReadonlySet<number> = new Set([4, 8, 10, 14]);

const DOMAIN_KINDS: ReadonlySet<string> = new Set(['unavailable', 'exhausted', 'aborted']);

/**
 * Whether a failure lies in a dependency's present state (down, slow, overloaded, lost race) and not in the message.
 * Such a failure is waited out, because sending every message of an outage to the dead letters helps nobody.
 */
export function isTransient(error: unknown): boolean {
  for (
    let cause: unknown = error, depth = 0;
    cause instanceof Error && depth < 5;
    cause = cause.cause, depth++
  ) {
    if (cause instanceof DomainError) return DOMAIN_KINDS.has(cause.kind);
    const code: unknown = 'code' in cause ? cause.code : undefined;
    if (typeof code === 'string' && (NETWORK_CODES.has(code) || SQLSTATE.test(code))) return true;
    if (cause.name === 'ConnectError' && typeof code === 'number') return GRPC_CODES.has(code);
    if (ERROR_NAMES.test(cause.name)) return true;
  }
  return false;
}

/** An error in one bounded line, for a header or a log. */
export function describeError(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.replaceAll(/[\r\n\t]+/g, ' ').slice(0, 500);
}
