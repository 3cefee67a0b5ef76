import { denied, unauthenticated } from '@souk/kernel';
import type { Principal } from '../call.ts';
import type { Policy } from '../policy.ts';

/** Stands in a contract's `callers` for every service of the mesh. */
const EVERY_SERVICE = '*';

/**
 * Decides whether a call may be made, from the contract alone. A service of the mesh must be among the contract's
 * callers; anyone else must satisfy the rule of `auth`. What is not allowed is denied.
 *
 * @throws DomainError TOKEN_MISSING, PERMISSION_MISSING or CALLER_NOT_ALLOWED.
 */
export function authorise(policy: Policy, principal: Principal, caller: string | undefined): void {
  if (caller !== undefined) {
    if (policy.callers.has(caller) || policy.callers.has(EVERY_SERVICE)) return;
    throw denied('CALLER_NOT_ALLOWED', `${caller} may not call this RPC.`, { metadata: { caller } });
  }
  const { auth } = policy;
  switch (auth.case) {
    case 'public':
      return;
    case 'guest':
      requireToken(principal);
      requirePerson(principal, auth.value.unlessPermission);
      return;
    case 'user':
      requireToken(principal);
      requirePerson(principal, auth.value.unlessPermission);
      if (principal.kind === 'guest')
        throw denied('PERMISSION_MISSING', 'This call needs a registered account.');
      return;
    case 'permission':
      requireToken(principal);
      if (!principal.permissions.has(auth.value)) {
        throw denied('PERMISSION_MISSING', `This call needs the permission ${auth.value}.`, {
          metadata: { permission: auth.value },
        });
      }
      return;
    case 'internal':
    case undefined:
      throw denied('CALLER_NOT_ALLOWED', 'This RPC is internal to the mesh.');
  }
}

/** A service account owns nothing of its own: it may act for others where its permission says so, and nowhere else. */
function requirePerson(principal: Principal, unlessPermission: string): void {
  if (principal.kind !== 'machine' || principal.permissions.has(unlessPermission)) return;
  throw denied('PERMISSION_MISSING', 'This call is for people.', {
    metadata: unlessPermission === '' ? {} : { permission: unlessPermission },
  });
}

function requireToken(principal: Principal): void {
  if (principal.kind === 'anonymous')
    throw unauthenticated('TOKEN_MISSING', 'This call needs an access token.');
}
