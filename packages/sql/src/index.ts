export { isUniqueViolation, SqlError } from './connection/sql-error.ts';
export type { Statement } from './connection/statement.ts';
export { acceptAllOnce, acceptOnce } from './inbox/accept-once.ts';
export type { Migration, MigrationList } from './migrations/migrate.ts';
export { openSql, type Sql, type SqlOptions } from './open-sql.ts';
export { appendOutbox } from './outbox/append-outbox.ts';
export { appendToOutbox, outboxRows } from './outbox/outbox-rows.ts';
export { type OutboxTarget, relayOutbox } from './outbox/relay-outbox.ts';
export { onceByRequestId, type RequestKey } from './requests/once-by-request-id.ts';
