import { newId } from '@souk/kernel';
import { permissionsOf, type Role } from '../domain/role.ts';
import type { Session, SubjectKind } from '../domain/session.ts';
import type { IdentityPorts } from './ports.ts';

/** A pair of tokens as it is given to the caller, once. */
export interface TokenPair {
  readonly accessToken: string;
  readonly accessExpireTime: Date;
  readonly refreshToken: string;
  readonly refreshExpireTime: Date;
}

/** Opens a session for an account or a guest. */
export async function openSession(
  ports: IdentityPorts,
  subject: { kind: SubjectKind; id: string; roles: readonly Role[] },
): Promise<TokenPair> {
  const now = ports.clock.now();
  const session: Session = {
    id: newId(),
    kind: subject.kind,
    subjectId: subject.id,
    expireTime: ports.tokens.sessionExpireTime(subject.kind, now),
  };
  const refresh = ports.tokens.refreshToken();
  await ports.sessions.open(session, refresh.hash, now);
  return issuePair(ports, session, subject.roles, refresh.secret, now);
}

/** Signs the access token that goes with a refresh token of a session. */
export async function issuePair(
  ports: IdentityPorts,
  session: Session,
  roles: readonly Role[],
  refreshToken: string,
  now: Date,
): Promise<TokenPair> {
  const access = await ports.tokens.accessToken(
    {
      subjectId: session.subjectId,
      sessionId: session.id,
      kind: session.kind,
      roles,
      permissions: permissionsOf(roles),
    },
    now,
  );
  return {
    accessToken: access.token,
    accessExpireTime: access.expireTime,
    refreshToken,
    refreshExpireTime: session.expireTime,
  };
}
