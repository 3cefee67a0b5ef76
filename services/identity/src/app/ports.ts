import type { Clock } from '@souk/kernel';
import type { Account, AccountFact } from '../domain/account.ts';
import type { AuditEntry, ChainCheck, ChainedEntry } from '../domain/audit.ts';
import type { AccountMail, MailPurpose } from '../domain/mail.ts';
import type { Role, RoleDefinition } from '../domain/role.ts';
import type { ApiKey, ServiceAccount } from '../domain/service-account.ts';
import type { SavedAddress } from '../domain/saved-address.ts';
import type {
  Device,
  EndedTokens,
  EndReason,
  OpenSession,
  RefreshVerdict,
  Session,
  SubjectKind,
} from '../domain/session.ts';
import type { SigningKey } from '../domain/signing-key.ts';

/** What identity's use cases need from outside. */
export interface IdentityPorts {
  readonly accounts: AccountStore;
  readonly sessions: SessionStore;
  readonly mails: MailStore;
  readonly mailTokens: MailTokens;
  readonly keys: KeyRing;
  readonly roles: RoleStore;
  readonly serviceAccounts: ServiceAccountStore;
  readonly apiKeySecrets: ApiKeySecrets;
  readonly auditLog: AuditLog;
  readonly secondFactors: SecondFactorStore;
  readonly addresses: AddressStore;
  /** The permissions that the contracts name. */
  readonly catalogue: ReadonlySet<string>;
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

/** What a change of an account comes to. */
export interface AccountUpdate {
  /** The account afterwards, one version higher; `undefined` when it is deleted. */
  readonly account: Account | undefined;
  /** Its new password, if that changes. */
  readonly passwordHash?: string;
  readonly facts: readonly AccountFact[];
  readonly audit: readonly AuditEntry[];
  /** Whether access tokens from before the change end, and with them all sessions for this reason. */
  readonly ends?: 'access-tokens' | EndReason;
}

/** What a change is decided on, besides the account. */
export interface Surroundings {
  /** How many accounts hold `admin`; 0 when this one does not. */
  readonly admins: number;
  /** Other accounts with the same address that are not confirmed; 20 at most. */
  readonly rivalIds: readonly string[];
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

/** A registration as it is stored. */
export interface NewAccount {
  readonly account: Account;
  readonly passwordHash: string;
  /** The mail that asks to confirm the address; none for an account that is confirmed. */
  readonly mail: AccountMail | undefined;
  readonly audit: readonly AuditEntry[];
  /** The newest unconfirmed account with the address that was looked at before; nothing is stored when there is another. */
  readonly after: string | undefined;
}

/** What makes a call once-only. */
export interface Once {
  /** Each caller chooses their own request ids. */
  readonly callerId: string;
  readonly requestId: string;
  /** Hash of the request without its id. */
  readonly fingerprint: string;
}

/** Accounts and their roles. Facts, records and ended tokens are stored with the change, in one transaction. */
export interface AccountStore {
  /**
   * Adds an account. When its address belongs to a confirmed account already, that one's holder is told instead of asking
   * to confirm it.
   *
   * @returns `false` when another one with the address came first.
   */
  insert(added: NewAccount): Promise<boolean>;
  /** The confirmed account with an address. */
  findByEmail(emailKey: string): Promise<Credentials | undefined>;
  /** The newest account with an address among those that are not confirmed. */
  findUnconfirmed(emailKey: string): Promise<Credentials | undefined>;
  findById(accountId: string): Promise<Account | undefined>;
  findCredentials(accountId: string): Promise<Credentials | undefined>;
  /** The accounts that exist among `accountIds`, in no particular order. */
  findMany(accountIds: readonly string[]): Promise<Account[]>;
  search(search: AccountSearch): Promise<Account[]>;
  /**
   * Changes an account under its lock. `decide` returning `undefined` leaves all as it is.
   *
   * @param mailId uses this mail's secret up in the same transaction; there is no account when it is used or expired.
   * @returns the account afterwards (before, when it was deleted); `undefined` when there is none, or when its address was
   * confirmed by another account.
   */
  change(
    accountId: string,
    decide: (account: Account, surroundings: Surroundings) => AccountUpdate | undefined,
    mailId?: string,
  ): Promise<Account | undefined>;
  /** Replaces a password's hash unless it has been replaced meanwhile. */
  replacePasswordHash(accountId: string, from: string, to: string): Promise<void>;
  /** Unconfirmed accounts that were registered before a time. */
  findForgotten(before: Date, limit: number): Promise<string[]>;
}

/** Mails with secrets. */
export interface MailStore {
  /**
   * Stores a mail with the fact that asks for it. An address without an account is counted the same and gets none.
   *
   * @returns `false` when the address had too many.
   */
  ask(emailKey: string, purpose: MailPurpose, account: Account | undefined): Promise<boolean>;
  /** A mail whose secret still works. */
  findUsable(mailId: string): Promise<AccountMail | undefined>;
  /** Forgets mails that expired before a time. */
  forgetExpired(before: Date): Promise<void>;
}

/** Makes the secrets of mails from their ids, so that none is stored. */
export interface MailTokens {
  mint(mailId: string): string;
  /** The mail that a secret belongs to; `undefined` when it is none of ours. */
  read(token: string): string | undefined;
}

/** Sessions and the hashes of their refresh tokens. Access tokens end with their session. */
export interface SessionStore {
  /**
   * Stores a new session with its first refresh token.
   *
   * @param version of the account that proved itself; `undefined` for a guest.
   * @returns `false` when the account has changed since.
   */
  open(
    session: Session,
    tokenHash: Buffer,
    device: Device,
    version: bigint | undefined,
    now: Date,
  ): Promise<boolean>;
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
  /** Ends a subject's sessions but one. Returns how many. */
  endAll(subjectId: string, except: string | undefined, reason: EndReason, now: Date): Promise<number>;
  /** Whether a session is, or was, a subject's. */
  belongs(sessionId: string, subjectId: string): Promise<boolean>;
  /** A subject's open sessions, newest first. */
  listOpen(subjectId: string, now: Date, limit: number): Promise<OpenSession[]>;
  /** Whether an account was signed in from an address before, as far as is remembered. */
  knowsPlace(emailKey: string, address: string): Promise<boolean>;
  /** Forgets sessions that expired before a time. Returns how many. */
  forgetExpired(before: Date): Promise<number>;
}

/** A page of what ended, and where the next one begins. */
export interface EndedPage {
  readonly ended: readonly EndedTokens[];
  readonly position: string;
}

/** What access tokens ended, as it is stored. */
export interface EndedTokenStore {
  /** Everything that was committed since a position of an earlier page; all that matters when there was none. */
  since(position: string | undefined): Promise<EndedPage>;
  forgetExpired(before: Date): Promise<void>;
}

/** The keys that sign access tokens. */
export interface KeyRing {
  /** The published keys, newest first. */
  published(now: Date): Promise<SigningKey[]>;
  /** Makes and publishes the next key, unless one waits for its time. */
  rotate(now: Date, actorId: string): Promise<SigningKey>;
}

/** Who does something, for the record. */
export interface Actor {
  readonly id: string;
  /** What they may do. */
  readonly permissions: ReadonlySet<string>;
}

/** Custom roles. Changes are stored with their record, and end the access tokens of those who hold the role. */
export interface RoleStore {
  list(): Promise<RoleDefinition[]>;
  find(name: Role): Promise<RoleDefinition | undefined>;
  /** The permissions that custom roles among `names` give together. */
  permissionsOf(names: readonly Role[]): Promise<string[]>;
  /** @returns `exists` when there is a role of that name, `full` when there are `most`; `created` again to a repetition. */
  create(
    role: RoleDefinition,
    most: number,
    actorId: string,
    once?: Once,
  ): Promise<'created' | 'exists' | 'full'>;
  /** @returns `false` when the role is not at the version before. */
  update(role: RoleDefinition, actorId: string): Promise<boolean>;
  delete(name: Role, actorId: string): Promise<'deleted' | 'absent' | 'in-use'>;
}

/** An API key with what a secret is checked against, and its service account. */
export interface KeyWithOwner {
  readonly key: ApiKey;
  readonly owner: ServiceAccount;
}

/** Service accounts and their keys. Changes are stored with their record and the access tokens they end. */
export interface ServiceAccountStore {
  /** @returns the account, to a repetition the one that the first call made; `full` when there are `most`. */
  create(
    account: ServiceAccount,
    most: number,
    actorId: string,
    once?: Once,
  ): Promise<ServiceAccount | 'full'>;
  list(): Promise<ServiceAccount[]>;
  find(id: string): Promise<ServiceAccount | undefined>;
  /** @returns `false` when there is none. */
  delete(id: string, actorId: string): Promise<boolean>;
  /** @returns `false` when the service account has `most` keys. */
  addKey(key: ApiKey, secretHash: Buffer, most: number, actorId: string): Promise<boolean>;
  listKeys(serviceAccountId: string): Promise<ApiKey[]>;
  /** The key afterwards; `undefined` when there is none. */
  revokeKey(keyId: string, now: Date, actorId: string): Promise<ApiKey | undefined>;
  /** The key whose secret has this hash. */
  findByHash(secretHash: Buffer): Promise<KeyWithOwner | undefined>;
  /** Notes that a key was used, once a minute at most. */
  noteUse(keyId: string, now: Date): Promise<void>;
}

/** Makes the secrets of API keys. */
export interface ApiKeySecrets {
  mint(keyId: string): { secret: string; hash: Buffer };
  hashOf(secret: string): Buffer;
}

/** Which entries of the audit log are looked for, newest first. */
export interface AuditSearch {
  readonly actorId: string;
  readonly subjectId: string;
  readonly action: string;
  readonly from: Date | undefined;
  readonly to: Date | undefined;
  /** Return entries before this one. */
  readonly before: bigint | undefined;
  readonly limit: number;
}

/** The audit log. */
export interface AuditLog {
  search(search: AuditSearch): Promise<ChainedEntry[]>;
  /** Checks the whole chain. */
  verify(): Promise<ChainCheck>;
}

/** Authenticator apps and recovery codes. */
export interface SecondFactorStore {
  find(accountId: string): Promise<{ confirmed: boolean } | undefined>;
  /** Makes a secret; `undefined` when a confirmed one is there. */
  begin(accountId: string, label: string): Promise<{ secret: string; uri: string } | undefined>;
  /** Confirms the app and makes recovery codes; `undefined` when the code is wrong. */
  confirm(accountId: string, code: string, recoveryCodes: number): Promise<string[] | undefined>;
  /** Uses up a code of the app or a recovery code; `false` when it does not work, or no more. */
  use(accountId: string, code: string): Promise<boolean>;
  replaceCodes(accountId: string, recoveryCodes: number): Promise<string[]>;
  remove(accountId: string): Promise<void>;
}

/** Address books. */
export interface AddressStore {
  list(accountId: string): Promise<SavedAddress[]>;
  /**
   * Adds an address or replaces the one with its id; a preferred one is the only one afterwards.
   *
   * @returns the address, to a repetition the one that the first call saved.
   */
  save(
    accountId: string,
    address: SavedAddress,
    isNew: boolean,
    most: number,
    once?: Once,
  ): Promise<SavedAddress | 'absent' | 'full'>;
  delete(accountId: string, addressId: string): Promise<boolean>;
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
  readonly kind: SubjectKind | 'machine';
  /** Of the account's version that roles and permissions are of; 0 for a guest. */
  readonly version: bigint;
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

/** Slows down guessing of passwords. */
export interface LoginThrottle {
  /**
   * Counts an attempt before it is made.
   *
   * @param knowsPlace asked only when strangers have used up the attempts for the address.
   * @returns how many milliseconds to wait before it is looked at; 0 to go on.
   */
  attempt(emailKey: string, place: string, now: Date, knowsPlace: () => Promise<boolean>): Promise<number>;
  /** Forgets the attempts after a success. */
  succeeded(emailKey: string, place: string): Promise<void>;
}
