import type { ServiceHost } from '@souk/kernel';
import { type Db, MongoClient } from 'mongodb';

/** A service's own MongoDB database. */
export interface Mongo {
  /** The database `<namespace>_<service>`; a service reads and writes no other. */
  readonly db: Db;
  /** Closes all connections; called by the host on shutdown. */
  close(): Promise<void>;
}

/** How long an operation waits for a server to be reachable, in milliseconds. */
const SERVER_SELECTION_MS = 2_000;
/** How long an answer may take before its socket is given up, in milliseconds. */
const SOCKET_MS = 10_000;

/**
 * Opens the service's database, registers its health check and its closing with the host. Does not wait for the server:
 * operations fail after {@link SERVER_SELECTION_MS} while it is away and work again when it is back.
 *
 * The platform's code keeps to what MongoDB 8 and its wire-compatible stand-ins share: single-document atomicity,
 * no multi-document transactions, no change streams, no views, no `client.bulkWrite`.
 */
export function openMongo(host: ServiceHost): Mongo {
  const client = new MongoClient(host.engines.mongodb, {
    appName: `${host.namespace}.${host.name}`,
    maxPoolSize: 20,
    serverSelectionTimeoutMS: SERVER_SELECTION_MS,
    connectTimeoutMS: SERVER_SELECTION_MS,
    waitQueueTimeoutMS: SERVER_SELECTION_MS,
    socketTimeoutMS: SOCKET_MS,
    ignoreUndefined: true,
  });
  const db = client.db(`${host.namespace}_${host.name}`.replaceAll('-', '_'));
  const close = async (): Promise<void> => client.close();
  host.healthCheck('mongodb', async () => {
    await db.command({ ping: 1 });
  });
  host.onStop('connections', close);
  return { db, close };
}
