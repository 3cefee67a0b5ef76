import type { HandlerContext, ServiceImpl } from '@connectrpc/connect';
import {
  type IdentityService,
  type SearchAccountsRequest,
  SearchAccountsRequestSchema,
} from '@souk/gen/souk/identity/v1/identity_service_pb';
import { fingerprintOf, ownerScope, type PageTokens, pageSizeOf, principalOf } from '@souk/rpc';
import { changeRole } from '../app/change-role.ts';
import { createGuest } from '../app/create-guest.ts';
import { accountNotFound, getAccount } from '../app/get-account.ts';
import { login } from '../app/login.ts';
import type { IdentityPorts } from '../app/ports.ts';
import { refreshToken } from '../app/refresh-token.ts';
import { register } from '../app/register.ts';
import type { Account } from '../domain/account.ts';
import { registrationFromProto, roleFromProto } from './from-proto.ts';
import { accountToProto, contactToProto, tokensToProto } from './to-proto.ts';

const DEFAULT_PAGE = 50;
const LARGEST_PAGE = 200;

/** Identity's RPCs. */
export function identityHandlers(
  ports: IdentityPorts,
  pageTokens: PageTokens,
): ServiceImpl<typeof IdentityService> {
  const change = async (
    action: 'grant' | 'revoke',
    request: { accountId: string; role: string; reason: string },
    context: HandlerContext,
  ): Promise<Account> =>
    changeRole(ports, request.accountId, {
      action,
      role: roleFromProto(request.role),
      actorId: principalOf(context).id,
      reason: request.reason,
    });

  return {
    async register(request) {
      const { account, tokens } = await register(ports, registrationFromProto(request));
      return { account: accountToProto(account), tokens: tokensToProto(tokens) };
    },

    async login(request) {
      const { account, tokens } = await login(ports, request.email, request.password);
      return { account: accountToProto(account), tokens: tokensToProto(tokens) };
    },

    async createGuest() {
      const { guestId, tokens } = await createGuest(ports);
      return { guestId, tokens: tokensToProto(tokens) };
    },

    async refreshToken(request) {
      return { tokens: tokensToProto(await refreshToken(ports, request.refreshToken)) };
    },

    async logout(_request, context) {
      const { sessionId } = principalOf(context);
      if (sessionId !== undefined) await ports.sessions.end(sessionId, 'logout', ports.clock.now());
      return {};
    },

    async getAccount(request, context) {
      const principal = principalOf(context);
      const accountId = request.accountId === 'me' ? principal.id : request.accountId;
      const scope = ownerScope(context);
      if (scope.kind === 'own' && scope.id !== accountId) throw accountNotFound();
      return { account: accountToProto(await getAccount(ports, accountId)) };
    },

    async searchAccounts(request) {
      return searchAccounts(ports, pageTokens, request);
    },

    async grantRole(request, context) {
      return { account: accountToProto(await change('grant', request, context)) };
    },

    async revokeRole(request, context) {
      return { account: accountToProto(await change('revoke', request, context)) };
    },

    async batchGetContacts(request) {
      const accounts = await ports.accounts.findMany(request.accountIds);
      return { contacts: accounts.map(contactToProto) };
    },
  };
}

async function searchAccounts(
  ports: IdentityPorts,
  pageTokens: PageTokens,
  request: SearchAccountsRequest,
): Promise<{ accounts: ReturnType<typeof accountToProto>[]; nextPageToken: string }> {
  const fingerprint = fingerprintOf(SearchAccountsRequestSchema, request);
  const limit = pageSizeOf(request.pageSize, DEFAULT_PAGE, LARGEST_PAGE);
  const rows = await ports.accounts.search({
    emailPrefix: request.emailPrefix,
    role: request.role === '' ? undefined : roleFromProto(request.role),
    after: pageTokens.decode(request.pageToken, fingerprint)?.[0],
    limit: limit + 1,
  });
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    accounts: page.map(accountToProto),
    nextPageToken: rows.length > limit && last !== undefined ? pageTokens.encode([last.id], fingerprint) : '',
  };
}
