/** Whether a session belongs to a registered account or to a guest. */
export type SubjectKind = 'user' | 'guest';

/**
 * A session: everything that descends from one login. Its refresh tokens form a family of which only the youngest is
 * alive.
 */
export interface Session {
  /** UUIDv7; the `sid` of its access tokens. */
  readonly id: string;
  readonly kind: SubjectKind;
  /** The account's or the guest's id. */
  readonly subjectId: string;
  /** When it ends whatever happens; refreshing does not move it. */
  readonly expireTime: Date;
}

/** What is known of the device that opens a session. */
export interface Device {
  /** What it calls itself; may be empty. */
  readonly userAgent: string;
  /** Its network address as the edge saw it; empty when the call did not come through the edge. */
  readonly address: string;
}

/** A session with what its holder wants to know of it. */
export interface OpenSession extends Session, Device {
  readonly createTime: Date;
  /** When tokens were last issued. */
  readonly refreshTime: Date;
}

/** Why a session ended before its time. */
export type EndReason = 'logout' | 'reuse' | 'revoked' | 'password' | 'lock' | 'deletion';

/** Access tokens that ended before they expire: those of one session, or all of a subject below a version. */
export type EndedTokens = { readonly subjectId: string; readonly expireTime: Date } & (
  | { readonly sessionId: string }
  | { readonly minVersion: bigint }
);

/** A refresh token as it is found: what is known about it and its session. */
export interface PresentedToken {
  readonly session: Session;
  /** Whether it has bought a pair before. */
  readonly used: boolean;
  /** Whether its session was ended. */
  readonly ended: boolean;
}

/** What to do with a refresh token: `rotate` it, `refuse` it, or end the whole family because it is a replay. */
export type RefreshVerdict = 'rotate' | 'refuse' | 'end-family';

/** Judges a refresh token. A replay is a replay even when the session has expired meanwhile, but ends nothing twice. */
export function judgeRefresh(token: PresentedToken | undefined, now: Date): RefreshVerdict {
  if (token === undefined || token.ended || token.session.expireTime <= now) return 'refuse';
  return token.used ? 'end-family' : 'rotate';
}
