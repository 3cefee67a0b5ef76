import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Collection,
  type Document,
  type IndexDescription,
  MongoNetworkError,
  MongoServerSelectionError,
} from 'mongodb';

/** How long a start waits for an engine that is still starting, in milliseconds. */
const START_WAIT_MS = 60_000;
const PAUSE_MS = 500;

/**
 * Creates the indexes that are missing. Names are given by the server from the keys, so that a changed index is a new
 * one; what is no longer listed stays until an operator drops it. It is the first thing a service asks of MongoDB, so it
 * waits up to a minute for an engine that is still starting.
 */
export async function ensureIndexes<T extends Document>(
  collection: Collection<T>,
  indexes: readonly IndexDescription[],
): Promise<void> {
  if (indexes.length === 0) return;
  const deadline = Date.now() + START_WAIT_MS;
  for (;;) {
    try {
      await collection.createIndexes([...indexes]);
      return;
    } catch (error) {
      const isAway = error instanceof MongoServerSelectionError || error instanceof MongoNetworkError;
      if (!isAway || Date.now() >= deadline) throw error;
      await sleep(PAUSE_MS);
    }
  }
}

/** Whether an error says that a unique index or `_id` has the value already. */
export function isDuplicateKey(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 11_000;
}

/**
 * The name of the unique index that a duplicate-key error complains about, or `undefined` where the server does not say.
 * Only a hint for the message: decisions are taken on {@link isDuplicateKey} alone.
 */
export function duplicateKeyFields(error: unknown): string[] {
  if (typeof error !== 'object' || error === null || !('keyPattern' in error)) return [];
  const pattern = error.keyPattern;
  return typeof pattern === 'object' && pattern !== null ? Object.keys(pattern) : [];
}
