import type { HandlerContext } from '@connectrpc/connect';
import { type Call, type OwnerScope, type Principal, scopeOf } from './call.ts';
import { policyOf } from './policy.ts';
import { ServerContext } from './server/server-context.ts';

/** The call that a handler serves. */
export function callOf(context: HandlerContext): Call {
  if (context instanceof ServerContext) return context;
  throw new TypeError('this context was not made by the RPC server');
}

/** Who a handler's call is made for. */
export function principalOf(context: HandlerContext): Principal {
  return callOf(context).principal;
}

/**
 * Whose objects a handler's call may touch: by default its principal's own; anyone's when the principal holds the
 * contract's `unless_permission`, and for services of the mesh.
 *
 * @throws DomainError TOKEN_MISSING for an anonymous caller.
 */
export function ownerScope(context: HandlerContext): OwnerScope {
  const { auth } = policyOf(context.method);
  const unless = auth.case === 'guest' || auth.case === 'user' ? auth.value.unlessPermission : '';
  return scopeOf(callOf(context).principal, unless);
}
