import { create, type DescMessage, type MessageInitShape, type MessageShape } from '@bufbuild/protobuf';
import { onceByRequestId } from '@souk/mongo';
import type { Db } from 'mongodb';

/** Who makes a change and a hash of what was asked. */
interface Attempt {
  readonly principal: { readonly id: string };
  readonly fingerprint: string;
}

/** Answers repeated changes from the request log of the database. */
export function onceInMongo(db: Db) {
  return async <Schema extends DescMessage>(
    attempt: Attempt,
    requestId: string,
    schema: Schema,
    effect: () => Promise<MessageInitShape<Schema>>,
  ): Promise<MessageShape<Schema>> => {
    const run = async (): Promise<MessageShape<Schema>> => create(schema, await effect());
    if (requestId === '') return run();
    const scope = `${schema.typeName}:${attempt.principal.id}`;
    return onceByRequestId(db, { scope, requestId, fingerprint: attempt.fingerprint, schema }, run);
  };
}
