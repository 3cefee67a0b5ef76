import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  type Account as AccountMessage,
  AccountSchema,
  type Contact,
  ContactSchema,
} from '@souk/gen/souk/identity/v1/account_pb';
import { type Tokens, TokensSchema } from '@souk/gen/souk/identity/v1/tokens_pb';
import type { TokenPair } from '../app/open-session.ts';
import type { Account } from '../domain/account.ts';

/** An account as its message. */
export function accountToProto(account: Account): AccountMessage {
  return create(AccountSchema, {
    accountId: account.id,
    email: account.email,
    displayName: account.displayName,
    locale: account.locale,
    roles: [...account.roles],
    createTime: timestampFromDate(account.createTime),
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
