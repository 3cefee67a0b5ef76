import type { MessageInitShape } from '@bufbuild/protobuf';
import { create } from '@bufbuild/protobuf';
import { anyPack } from '@bufbuild/protobuf/wkt';
import { ErrorInfoSchema } from '@souk/gen/google/rpc/error_details_pb';
import { UpsertOutcome, type UpsertResultSchema } from '@souk/gen/souk/catalog/v1/catalog_service_pb';
import { toConnectError } from '@souk/rpc';
import type { UpsertResult } from '../app/upsert-products.ts';

const OUTCOMES = {
  created: UpsertOutcome.CREATED,
  updated: UpsertOutcome.UPDATED,
  unchanged: UpsertOutcome.UNCHANGED,
};

/** What became of one product of a batch; a refusal has the same code and reason as it would have alone. */
export function upsertResultToProto(result: UpsertResult): MessageInitShape<typeof UpsertResultSchema> {
  const { handle } = result;
  if (result.outcome !== 'failed')
    return { handle, productId: result.productId, outcome: OUTCOMES[result.outcome] };
  const { reason, metadata } = result.error;
  const info = create(ErrorInfoSchema, { reason, metadata: { ...metadata }, domain: 'catalog.souk' });
  const { error } = toConnectError(result.error, 'catalog');
  return {
    handle,
    outcome: UpsertOutcome.FAILED,
    error: { code: error.code, message: error.rawMessage, details: [anyPack(ErrorInfoSchema, info)] },
  };
}
