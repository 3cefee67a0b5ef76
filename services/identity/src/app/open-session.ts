import { aborted, newId } from '@souk/kernel';
import type { Role } from '../domain/role.ts';
import type { Device, Session, SubjectKind } from '../domain/session.ts';
import { permissionsOfAll } from './manage-roles.ts';
import type { IdentityPorts } from './ports.ts';

/** A pair of tokens as it is given to the caller, once. */
export interface TokenPair {
  readonly accessToken: string;
  readonly accessExpireTime: Date;
  readonly refreshToken: string;
  readonly refreshExpireTime: Date;
}

/** What a subject may do, and of which version of it that is true. */
export interface Rights {
  readonly roles: readonly Role[];
  readonly version: bigint;
}

/** What guests may do. */
export const GUEST_RIGHTS: Rights = { roles: [], version: 0n };

/**
 * Opens a session for an account or a guest.
 *
 * @throws CONFLICT when the account has changed since it proved itself.
 */
export async function openSession(
  ports: IdentityPorts,
  subject: { kind: SubjectKind; id: string } & Rights,
  device: Device,
): Promise<TokenPair> {
  const now = ports.clock.now();
  const session: Session = {
    id: newId(),
    kind: subject.kind,
    subjectId: subject.id,
    expireTime: ports.tokens.sessionExpireTime(subject.kind, now),
  };
  const refresh = ports.tokens.refreshToken();
  const proven = subject.kind === 'user' ? subject.version : undefined;
  if (!(await ports.sessions.open(session, refresh.hash, device, proven, now)))
    throw aborted('CONFLICT', 'the account was changed at the same time');
  return issuePair(ports, session, subject, refresh.secret, now);
}

/** Signs the access token that goes with a refresh token of a session. */
export async function issuePair(
  ports: IdentityPorts,
  session: Session,
  { roles, version }: Rights,
  refreshToken: string,
  now: Date,
): Promise<TokenPair> {
  const access = await ports.tokens.accessToken(
    {
      subjectId: session.subjectId,
      sessionId: session.id,
      kind: session.kind,
      version,
      roles,
      permissions: await permissionsOfAll(ports, roles),
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
