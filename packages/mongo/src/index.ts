export { type Aggregate, saveNext } from './aggregate.ts';
export { duplicateKeyFields, ensureIndexes, isDuplicateKey } from './indexes.ts';
export { dropLease, holdLease, type LeaseDocument } from './lease.ts';
export { type Mongo, openMongo } from './open-mongo.ts';
export {
  fromPendingEvent,
  type PendingEvent,
  toPendingEvent,
  type WithPendingEvents,
} from './pending-events.ts';
export { type Relay, type RelayTarget, relayPendingEvents } from './relay.ts';
export { ensureRequestLog, onceByRequestId, type RequestKey } from './request-log.ts';
