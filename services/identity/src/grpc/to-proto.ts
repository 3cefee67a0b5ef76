import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  type Account as AccountMessage,
  AccountSchema,
  type Contact,
  ContactSchema,
} from '@souk/gen/souk/identity/v1/account_pb';
import { type Revocation, RevocationSchema } from '@souk/gen/souk/identity/v1/revocation_pb';
import { type Session as SessionMessage, SessionSchema } from '@souk/gen/souk/identity/v1/session_pb';
import {
  type SigningKey as SigningKeyMessage,
  SigningKeySchema,
} from '@souk/gen/souk/identity/v1/signing_key_pb';
import { type Tokens, TokensSchema } from '@souk/gen/souk/identity/v1/tokens_pb';
import type { TokenPair } from '../app/open-session.ts';
import type { Account } from '../domain/account.ts';
import type { EndedTokens, OpenSession } from '../domain/session.ts';
import type { SigningKey } from '../domain/signing-key.ts';

/** An account as its message. */
export function accountToProto(account: Account): AccountMessage {
  return create(AccountSchema, {
    accountId: account.id,
    email: account.email,
    displayName: account.displayName,
    locale: account.locale,
    roles: [...account.roles],
    createTime: timestampFromDate(account.createTime),
    ...(account.emailConfirmTime && { emailConfirmTime: timestampFromDate(account.emailConfirmTime) }),
    locked: account.lockTime !== undefined,
  });
}

/** How to reach an account, as its message. */
export function contactToProto(account: Account): Contact {
  return create(ContactSchema, {
    accountId: account.id,
    email: account.email,
    displayName: account.displayName,
    locale: account.locale,
  });
}

/** A pair of tokens as its message. */
export function tokensToProto(tokens: TokenPair): Tokens {
  return create(TokensSchema, {
    accessToken: tokens.accessToken,
    accessExpireTime: timestampFromDate(tokens.accessExpireTime),
    refreshToken: tokens.refreshToken,
    refreshExpireTime: timestampFromDate(tokens.refreshExpireTime),
  });
}

/** A session as its message. @param currentId of the session that the call is made with. */
export function sessionToProto(session: OpenSession, currentId: string | undefined): SessionMessage {
  return create(SessionSchema, {
    sessionId: session.id,
    createTime: timestampFromDate(session.createTime),
    refreshTime: timestampFromDate(session.refreshTime),
    expireTime: timestampFromDate(session.expireTime),
    userAgent: session.userAgent,
    address: session.address,
    current: session.id === currentId,
  });
}

/** A signing key as its message. */
export function signingKeyToProto(key: SigningKey): SigningKeyMessage {
  return create(SigningKeySchema, {
    keyId: key.id,
    createTime: timestampFromDate(key.createTime),
    activateTime: timestampFromDate(key.activateTime),
    ...(key.expireTime && { expireTime: timestampFromDate(key.expireTime) }),
  });
}

/** Access tokens that ended early, as their message. */
export function endedToProto(ended: EndedTokens): Revocation {
  return create(RevocationSchema, {
    subjectId: ended.subjectId,
    ...('sessionId' in ended ? { sessionId: ended.sessionId } : { minVersion: ended.minVersion }),
    expireTime: timestampFromDate(ended.expireTime),
  });
}
