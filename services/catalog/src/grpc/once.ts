import type { DescMessage, MessageInitShape, MessageShape } from '@bufbuild/protobuf';
import type { Call } from '@souk/rpc';

/** Runs a change once per request id of a principal and answers repeats alike; without an id it just runs. */
export type Once = <Schema extends DescMessage>(
  call: Call,
  requestId: string,
  schema: Schema,
  effect: () => Promise<MessageInitShape<Schema>>,
) => Promise<MessageShape<Schema>>;
