import { type DescMessage, fromBinary, type MessageShape, toBinary } from '@bufbuild/protobuf';
import { aborted, invalid } from '@souk/kernel';
import type { Knex } from 'knex';

/** What makes a mutating call once-only. */
export interface RequestKey<Response extends DescMessage> {
  /** The RPC's name, with the principal's id where principals choose their own request ids: `PlaceOrder:<account>`. */
  readonly scope: string;
  /** The caller's `request_id`, a UUID. */
  readonly requestId: string;
  /** Hash of the request without its id, as `callOf(context).fingerprint` gives it. */
  readonly fingerprint: string;
  /** Schema of the response, to store and replay it. */
  readonly schema: Response;
}

interface Claim {
  readonly free: boolean;
  readonly claimed: boolean;
  readonly fingerprint: string | null;
  readonly response: Buffer | null;
}

/**
 * Runs a mutation at most once per request id, in the transaction of its effect. The response is stored with the
 * effect and replayed, byte for byte, for at least 24 hours.
 * @throws DomainError INVALID_ARGUMENT `REQUEST_ID_REUSED` when the id came with another body before; ABORTED
 * `REQUEST_IN_FLIGHT` while the same call is being carried out.
 */
export async function onceByRequestId<Response extends DescMessage>(
  trx: Knex.Transaction,
  key: RequestKey<Response>,
  effect: () => Promise<MessageShape<Response>>,
): Promise<MessageShape<Response>> {
  const claim = await claimRequest(trx, key.scope, key.requestId, key.fingerprint);
  if (!claim.free) {
    throw aborted('REQUEST_IN_FLIGHT', 'The same request is being carried out.', { retryAfterMs: 200 });
  }
  if (claim.claimed) {
    const response = await effect();
    await trx.raw('UPDATE request_log SET response = ? WHERE scope = ? AND request_id = ?', [
      Buffer.from(toBinary(key.schema, response)),
      key.scope,
      key.requestId,
    ]);
    return response;
  }
  if (claim.fingerprint !== key.fingerprint || claim.response === null) {
    throw invalid('REQUEST_ID_REUSED', 'The request id was used before with another request.', {
      field: 'request_id',
    });
  }
  return fromBinary(key.schema, claim.response);
}

/** Claims the key, or finds who has it. The lock makes a second caller turn away instead of waiting for the first. */
async function claimRequest(
  trx: Knex.Transaction,
  scope: string,
  requestId: string,
  fingerprint: string,
): Promise<Claim> {
  const result = await trx.raw<{ rows: Claim[] }>(
    `WITH key AS (SELECT ?::text AS scope, ?::uuid AS request_id, ?::text AS fingerprint),
     lock AS MATERIALIZED (
       SELECT pg_try_advisory_xact_lock(hashtextextended(scope || request_id::text, 0)) AS free FROM key),
     claim AS (
       INSERT INTO request_log (scope, request_id, fingerprint)
       SELECT scope, request_id, fingerprint FROM key, lock WHERE free
       ON CONFLICT DO NOTHING RETURNING 1)
     SELECT free, EXISTS (SELECT FROM claim) AS claimed, log.fingerprint, log.response
     FROM lock CROSS JOIN key LEFT JOIN request_log log USING (scope, request_id)`,
    [scope, requestId, fingerprint],
  );
  const claim = result.rows[0];
  if (claim === undefined) throw new Error('the request log did not answer');
  if (!claim.free || claim.claimed || claim.fingerprint !== null) return claim;
  // The first call committed between this statement's snapshot and its lock: only a new snapshot shows it.
  const again = await trx.raw<{ rows: Pick<Claim, 'fingerprint' | 'response'>[] }>(
    'SELECT fingerprint, response FROM request_log WHERE scope = ? AND request_id = ?',
    [scope, requestId],
  );
  return { free: true, claimed: false, fingerprint: null, response: null, ...again.rows[0] };
}
