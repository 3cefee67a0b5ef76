import { unauthenticated } from '@souk/kernel';
import type { Session } from '../domain/session.ts';
import { GUEST_RIGHTS, issuePair, type Rights, type TokenPair } from './open-session.ts';
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
  return issuePair(ports, session, await rightsOf(ports, session), next.secret, now);
}

async function rightsOf(ports: IdentityPorts, session: Session): Promise<Rights> {
  if (session.kind === 'guest') return GUEST_RIGHTS;
  const account = await ports.accounts.findById(session.subjectId);
  if (account === undefined || account.lockTime !== undefined) throw refused();
  return account;
}

function refused(): Error {
  return unauthenticated('REFRESH_TOKEN_INVALID', 'the refresh token is not, or no longer, valid');
}
