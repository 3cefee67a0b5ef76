export { allocate } from './allocation.ts';
export { type Clock, systemClock } from './clock.ts';
export { exponentOf, isCurrencyCode } from './currency.ts';
export {
  aborted,
  alreadyExists,
  DomainError,
  denied,
  type ErrorDetails,
  type ErrorKind,
  exhausted,
  type FieldViolation,
  invalid,
  notFound,
  precondition,
  unauthenticated,
  unavailable,
} from './domain-error.ts';
export { currentExecution, detached, type Execution, runIn } from './execution.ts';
export { isUuid, newId } from './id.ts';
export { Money, type Rounding } from './money.ts';
export { pause } from './pause.ts';
export { type RecentOptions, type RecentReads, recentReads } from './recent-reads.ts';
export type { EngineAddresses, Logger, ServiceHost, StopPhase } from './service-host.ts';
export { WakeUp } from './wake-up.ts';
