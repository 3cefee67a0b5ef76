import { type DescMethod, getOption } from '@bufbuild/protobuf';
import { MethodOptions_IdempotencyLevel } from '@bufbuild/protobuf/wkt';
import { type Auth, type CostClass, method as methodOption } from '@souk/gen/souk/options/v1/options_pb';

/** What a contract states about one RPC, read from its options. */
export interface Policy {
  readonly auth: Auth['rule'];
  /** The longest a call may take, in milliseconds; undefined for streams that state none. */
  readonly timeoutMs: number | undefined;
  readonly cost: CostClass;
  /** Services of the mesh that may call the RPC. */
  readonly callers: ReadonlySet<string>;
  /** Whether a call may be sent again: reads, and writes that carry a `request_id`. */
  readonly retrySafe: boolean;
}

const DEFAULT_TIMEOUT_MS = 2_000;
const policies = new WeakMap<DescMethod, Policy>();

/** The policy of an RPC. Reads the contract once per method. */
export function policyOf(method: DescMethod): Policy {
  let policy = policies.get(method);
  if (policy === undefined) {
    policy = readPolicy(method);
    policies.set(method, policy);
  }
  return policy;
}

function readPolicy(method: DescMethod): Policy {
  const option = getOption(method, methodOption);
  const streams = method.methodKind !== 'unary';
  const stated = option.timeout && Number(option.timeout.seconds) * 1_000 + option.timeout.nanos / 1e6;
  return {
    auth: option.auth?.rule ?? { case: undefined },
    timeoutMs: stated ?? (streams ? undefined : DEFAULT_TIMEOUT_MS),
    cost: option.cost,
    callers: new Set(option.callers),
    retrySafe:
      !streams &&
      (method.idempotency !== MethodOptions_IdempotencyLevel.IDEMPOTENCY_UNKNOWN ||
        method.input.field['requestId'] !== undefined),
  };
}
