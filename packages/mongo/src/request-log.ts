import { type DescMessage, fromBinary, type MessageShape, toBinary } from '@bufbuild/protobuf';
import { aborted, invalid } from '@souk/kernel';
import { Binary, type Collection, type Db } from 'mongodb';
import { ensureIndexes, isDuplicateKey } from './indexes.ts';

interface RequestDocument {
  _id: string;
  fingerprint: string;
  /** Present once the effect is done. */
  response?: Binary;
  /** While in flight: when another attempt may take over. */
  leasedUntil: Date;
  /** When the record may be forgotten. */
  expireTime: Date;
}

/** What identifies an attempt. */
export interface RequestKey<Schema extends DescMessage> {
  /** Method and principal, so that ids of different callers do not meet. */
  readonly scope: string;
  /** The caller's `request_id`. */
  readonly requestId: string;
  /** Hash of the request, see `Call.fingerprint`. */
  readonly fingerprint: string;
  /** Schema of the response. */
  readonly schema: Schema;
}

const COLLECTION = 'requests';
const IN_FLIGHT_MS = 15_000;
const KEEP_MS = 48 * 3_600_000;

/** Creates the index that forgets old requests. To be called once at start by services that use {@link onceByRequestId}. */
export async function ensureRequestLog(db: Db): Promise<void> {
  await ensureIndexes(db.collection(COLLECTION), [{ key: { expireTime: 1 }, expireAfterSeconds: 0 }]);
}

/**
 * Runs an effect once per request id and answers repeats with the stored response, for at least 24 h.
 *
 * There is no transaction around effect and record: if the process dies in between, a retry after 15 s runs the
 * effect again, so the effect must be idempotent by itself (for example by an id derived from the request id). A failed effect
 * is not recorded; its retry runs again.
 *
 * @throws DomainError `REQUEST_ID_REUSED` (invalid) for another body, `REQUEST_IN_FLIGHT` (aborted) while the first attempt runs.
 */
export async function onceByRequestId<Schema extends DescMessage>(
  db: Db,
  key: RequestKey<Schema>,
  effect: () => Promise<MessageShape<Schema>>,
): Promise<MessageShape<Schema>> {
  const requests = db.collection<RequestDocument>(COLLECTION);
  const id = `${key.scope}:${key.requestId}`;
  const stored = await claim(requests, id, key.fingerprint);
  if (stored !== undefined) return fromBinary(key.schema, stored);
  let response: MessageShape<Schema>;
  try {
    response = await effect();
  } catch (error) {
    await requests.deleteOne({ _id: id, response: { $exists: false } }).catch(() => undefined);
    throw error;
  }
  await requests.updateOne(
    { _id: id },
    {
      $set: {
        response: new Binary(toBinary(key.schema, response)),
        expireTime: new Date(Date.now() + KEEP_MS),
      },
    },
  );
  return response;
}

/** @returns the stored response, or undefined when the caller is to run the effect. */
async function claim(
  requests: Collection<RequestDocument>,
  id: string,
  fingerprint: string,
): Promise<Uint8Array | undefined> {
  const now = Date.now();
  const lease = { leasedUntil: new Date(now + IN_FLIGHT_MS), expireTime: new Date(now + KEEP_MS) };
  try {
    await requests.insertOne({ _id: id, fingerprint, ...lease });
    return undefined;
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
  }
  const first = await requests.findOne({ _id: id });
  if (first !== null && first.fingerprint !== fingerprint)
    throw invalid('REQUEST_ID_REUSED', 'the request id was used for another request', {
      field: 'request_id',
    });
  if (first?.response !== undefined) return first.response.value();
  const takenOver = await requests.updateOne(
    { _id: id, response: { $exists: false }, leasedUntil: { $lt: new Date(now) } },
    { $set: lease },
  );
  if (takenOver.matchedCount === 1) return undefined;
  throw aborted('REQUEST_IN_FLIGHT', 'the same request is under way', { retryAfterMs: 500 });
}
