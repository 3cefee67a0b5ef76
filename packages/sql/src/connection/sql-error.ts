import { DomainError, unavailable } from '@souk/kernel';

/**
 * What PostgreSQL refused, without the statement and its values: those belong to nobody but the service that sent them.
 * Code that expects a refusal (a unique key, a check) looks at `code` and `constraint`; everything else is a fault.
 */
export class SqlError extends Error {
  override readonly name = 'SqlError';
  /** SQLSTATE, for example `23505`. */
  readonly code: string;
  /** The constraint that was broken, if one was. */
  readonly constraint: string | undefined;

  constructor(message: string, code: string, constraint: string | undefined) {
    super(message);
    this.code = code;
    this.constraint = constraint;
  }
}

/** SQLSTATEs after which the same transaction may succeed: serialisation failure and deadlock. */
const TRANSIENT = new Set(['40001', '40P01']);

/** SQLSTATE classes and codes that say the server cannot serve now: connection, shutdown, no slots, statement timeout. */
const UNAVAILABLE = /^(08...|57P0[1-5]|53...|57014|25P03)$/;

/** Faults of the socket and of the pool, which carry no SQLSTATE. */
const UNREACHABLE =
  /ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|Connection (terminated|ended)|Timeout acquiring|timeout exceeded|timeout expired|read timeout|not queryable|aborted/i;

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const field = (error: object, name: string): string | undefined =>
  text(Object.getOwnPropertyDescriptor(error, name)?.value);

/**
 * Turns what the driver or the pool threw into an error of the platform: `DomainError` UNAVAILABLE when the database
 * cannot be reached or does not answer in time, else {@link SqlError} without the statement. Others pass unchanged.
 */
export function toSqlError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof DomainError || error instanceof SqlError) return error;
  const code = field(error, 'code') ?? '';
  const isSqlState = /^[0-9A-Z]{5}$/.test(code) && field(error, 'severity') !== undefined;
  if (isSqlState ? UNAVAILABLE.test(code) : UNREACHABLE.test(`${code} ${error.name} ${error.message}`)) {
    return unavailable('DEPENDENCY_UNAVAILABLE', 'The database does not answer.', {
      metadata: { dependency: 'postgres' },
      retryAfterMs: 500,
      cause: withoutStatement(error),
    });
  }
  if (!isSqlState) return error;
  return new SqlError(`${withoutStatement(error)} (${code})`, code, field(error, 'constraint'));
}

/** knex puts the statement before the server's message; the server's own part follows the last dash. */
function withoutStatement(error: Error): string {
  const at = error.message.lastIndexOf(' - ');
  return at < 0 ? error.message : error.message.slice(at + 3);
}

/** Whether a transaction may be tried again. */
export function isTransient(error: unknown): boolean {
  return error instanceof SqlError && TRANSIENT.has(error.code);
}

/** Whether a unique key was broken; with a name, that one. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  return (
    error instanceof SqlError &&
    error.code === '23505' &&
    (constraint === undefined || error.constraint === constraint)
  );
}
