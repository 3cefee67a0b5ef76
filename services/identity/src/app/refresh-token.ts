import { unauthenticated } from '@souk/kernel';
import type { Role } from '../domain/role.ts';
import type { Session } from '../domain/session.ts';
import { issuePair, type TokenPair } from './open-session.ts';
import type { IdentityPorts } from './ports.ts';

/**
 * Exchanges a refresh token for the next pair, with the roles the account holds now. A replay ends the session. The
 * caller is told the same in every case of refusal.
 *
 * @throws REFRESH_TOKEN_INVALID
 */
export async function refreshToken(ports: IdentityPorts, presented: string): Promise<TokenPair> {
  const now = ports.clock.now();
  const next = ports.tokens.refreshToken();
  const { verdict, session } = await ports.sessions.rotate(ports.tokens.hashOf(presented), next.hash, now);
  if (verdict !== 'rotate' || session === undefined) throw refused();
  return issuePair(ports, session, await rolesOf(ports, session), next.secret, now);
}

async function rolesOf(ports: IdentityPorts, session: Session): Promise<readonly Role[]> {
  if (session.kind === 'guest') return [];
  const account = await ports.accounts.findById(session.subjectId);
  if (account === undefined) throw refused();
  return account.roles;
}

function refused(): Error {
  return unauthenticated('REFRESH_TOKEN_INVALID', 'the refresh token is not, or no longer, valid');
}
