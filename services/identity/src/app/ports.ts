import type { Clock } from '@souk/kernel';
import type { Account, AccountFact, RoleChange } from '../domain/account.ts';
import type { Role } from '../domain/role.ts';
import type { EndReason, RefreshVerdict, Session, SubjectKind } from '../domain/session.ts';

/** What identity's use cases need from outside. */
export interface IdentityPorts {
  readonly accounts: AccountStore;
  readonly sessions: SessionStore;
  readonly passwords: PasswordHasher;
  readonly tokens: TokenMint;
  readonly throttle: LoginThrottle;
  readonly clock: Clock;
}

/** An account with what its password is checked against. */
export interface Credentials {
  readonly account: Account;
  readonly passwordHash: string;
}

/** What a change of roles comes to: the account after it, its record and what is told about it. */
export interface RoleUpdate {
  readonly account: Account;
  readonly change: RoleChange;
  readonly fact: AccountFact;
}

/** Which accounts are looked for, newest first. */
export interface AccountSearch {
  /** Beginning of the address; compared by `emailKey`. */
  readonly emailPrefix: string;
  readonly role: Role | undefined;
  /** Return accounts older than this one. */
  readonly after: string | undefined;
  readonly limit: number;
}

/** Accounts and their roles. Facts are stored with the change they tell of, in one transaction. */
export interface AccountStore {
  /** Adds an account; `false` when its address is taken. */
  insert(account: Account, passwordHash: string, facts: readonly AccountFact[]): Promise<boolean>;
  findByEmail(emailKey: string): Promise<Credentials | undefined>;
  findById(accountId: string): Promise<Account | undefined>;
  /** The accounts that exist among `accountIds`, in no particular order. */
  findMany(accountIds: readonly string[]): Promise<Account[]>;
  search(search: AccountSearch): Promise<Account[]>;
  /**
   * Changes an account's roles under its lock, with the record of the change. `decide` gets the account and the number
   * of administrators; `undefined` leaves all as it is.
   *
   * @returns the account afterwards, `undefined` when there is none.
   */
  updateRoles(
    accountId: string,
    decide: (account: Account, admins: number) => RoleUpdate | undefined,
  ): Promise<Account | undefined>;
  /** Replaces a password's hash unless it has been replaced meanwhile. */
  replacePasswordHash(accountId: string, from: string, to: string): Promise<void>;
}

/** Sessions and the hashes of their refresh tokens. */
export interface SessionStore {
  /** Stores a new session with its first refresh token. */
  open(session: Session, tokenHash: Buffer, now: Date): Promise<void>;
  /**
   * Uses a refresh token up, under its session's lock, and does what `judgeRefresh` says: stores the next token or ends
   * the session.
   */
  rotate(
    presentedHash: Buffer,
    nextHash: Buffer,
    now: Date,
  ): Promise<{ verdict: RefreshVerdict; session?: Session }>;
  /** Ends a session; one that has ended keeps its reason. */
  end(sessionId: string, reason: EndReason, now: Date): Promise<void>;
  /** Forgets sessions that expired before a time. Returns how many. */
  forgetExpired(before: Date): Promise<number>;
}

/** Hashes passwords, only so many at a time. */
export interface PasswordHasher {
  /** @throws HASHING_BUSY */
  hash(password: string): Promise<string>;
  /**
   * Checks a password; `outdated` when its hash was made with weaker parameters than today's. Without a hash it takes
   * as long and fails.
   *
   * @throws HASHING_BUSY
   */
  verify(hash: string | undefined, password: string): Promise<{ ok: boolean; outdated: boolean }>;
}

/** What an access token says. */
export interface AccessClaims {
  readonly subjectId: string;
  readonly sessionId: string;
  readonly kind: SubjectKind;
  readonly roles: readonly Role[];
  readonly permissions: readonly string[];
}

/** Makes tokens. */
export interface TokenMint {
  /** A signed access token and when it expires. */
  accessToken(claims: AccessClaims, now: Date): Promise<{ token: string; expireTime: Date }>;
  /** A new refresh token: the secret for the caller, the hash for the store. */
  refreshToken(): { secret: string; hash: Buffer };
  /** The hash of a refresh token that somebody presents. */
  hashOf(secret: string): Buffer;
  /** When a session that is opened now ends. */
  sessionExpireTime(kind: SubjectKind, now: Date): Date;
}

/** Slows down guessing of one account's password. */
export interface LoginThrottle {
  /**
   * Counts an attempt before it is made.
   *
   * @returns how many milliseconds to wait before it is looked at; 0 to go on.
   */
  attempt(emailKey: string, now: Date): Promise<number>;
  /** Forgets the attempts after a success. */
  succeeded(emailKey: string): Promise<void>;
}
