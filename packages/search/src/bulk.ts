import type { Client } from '@elastic/elasticsearch';

/** One write to an index. `version` is the source's: a write that is older than what the index has is dropped silently. */
export type IndexOperation =
  | { readonly kind: 'index'; readonly id: string; readonly version: number; readonly document: object }
  | { readonly kind: 'delete'; readonly id: string; readonly version: number };

/** The index or alias to be written is not there. */
export class IndexMissingError extends Error {
  override readonly name = 'IndexMissingError';
}

const BULK_MS = 30_000;

/**
 * Writes operations in one request, in any order and any number of times with the same outcome.
 *
 * @throws IndexMissingError when the target is absent; Error when an operation is refused.
 */
export async function bulkWrite(
  client: Client,
  target: { readonly index: string; readonly requireAlias: boolean },
  operations: readonly IndexOperation[],
): Promise<void> {
  if (operations.length === 0) return;
  const response = await client.bulk(
    {
      index: target.index,
      require_alias: target.requireAlias,
      operations: operations.flatMap((operation): object[] => {
        const meta = { _id: operation.id, version: operation.version, version_type: 'external_gte' };
        return operation.kind === 'index' ? [{ index: meta }, operation.document] : [{ delete: meta }];
      }),
    },
    { requestTimeout: BULK_MS },
  );
  if (!response.errors) return;
  for (const item of response.items) {
    const result = item.index ?? item.delete;
    if (result?.error === undefined || result.status === 409) continue;
    if (result.error.type === 'index_not_found_exception')
      throw new IndexMissingError(`no index or alias ${target.index}`);
    throw new Error(
      `index ${target.index} refused ${result._id ?? '?'}: ${result.error.reason ?? result.error.type}`,
    );
  }
}
