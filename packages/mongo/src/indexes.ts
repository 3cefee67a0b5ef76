import type { Collection, Document, IndexDescription } from 'mongodb';

/**
 * Creates the indexes that are missing. Names are given by the server from the keys, so that a changed index is a new
 * one; what is no longer listed stays until an operator drops it.
 */
export async function ensureIndexes<T extends Document>(
  collection: Collection<T>,
  indexes: readonly IndexDescription[],
): Promise<void> {
  if (indexes.length > 0) await collection.createIndexes([...indexes]);
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
