import { currentExecution, type Execution, runIn, unauthenticated } from '@souk/kernel';

/** Who a call is made for. */
export interface Principal {
  /**
   * `machine`: a service account of the merchant's, from outside. `service`: a service of the mesh on its own account,
   * with no person behind it.
   */
  readonly kind: 'anonymous' | 'guest' | 'user' | 'machine' | 'service';
  /** Account, guest or service account id (UUID), a service's name, or empty for an anonymous caller. */
  readonly id: string;
  readonly sessionId: string | undefined;
  readonly roles: readonly string[];
  readonly permissions: ReadonlySet<string>;
}

/** Nobody in particular. */
export const anonymous: Principal = {
  kind: 'anonymous',
  id: '',
  sessionId: undefined,
  roles: [],
  permissions: new Set(),
};

/** One call being served: who, on whose behalf, until when. */
export interface Call extends Execution {
  readonly principal: Principal;
  /** The service of the mesh that made the call; undefined when it came through the edge. */
  readonly caller: string | undefined;
  /** Identifies the call in logs of every hop; given by the edge or made here. */
  readonly requestId: string;
  /** The principal's access token as it came, to be forwarded to further services; undefined when there is none. */
  readonly accessToken: string | undefined;
  /** When the caller stops waiting: milliseconds since the epoch, or Infinity. */
  readonly deadline: number;
  /** Aborted when the caller cancels or the deadline passes. */
  readonly signal: AbortSignal;
  /** A hash of the request without its `request_id` (hex SHA-256); empty for streamed requests. */
  readonly fingerprint: string;
}

/** The call being served in this asynchronous context; undefined in background work. */
export function currentCall(): Call | undefined {
  const execution = currentExecution();
  return execution !== undefined && isCall(execution) ? execution : undefined;
}

function isCall(execution: Execution): execution is Call {
  return 'principal' in execution;
}

/** Runs `work` as part of `call`, so that clients forward its principal, trace, deadline and cancellation. */
export function runInCall<T>(call: Call, work: () => T): T {
  return runIn(call, work);
}

/** Whose objects a call may see: its principal's own, or anyone's. */
export type OwnerScope = { readonly kind: 'own'; readonly id: string } | { readonly kind: 'any' };

/** The scope of a principal whose rule may be lifted by `unlessPermission`. Services see everything. */
export function scopeOf(principal: Principal, unlessPermission: string): OwnerScope {
  if (principal.kind === 'service') return { kind: 'any' };
  if (unlessPermission !== '' && principal.permissions.has(unlessPermission)) return { kind: 'any' };
  if (principal.kind === 'anonymous') throw unauthenticated('TOKEN_MISSING', 'This call needs a token.');
  return { kind: 'own', id: principal.id };
}
