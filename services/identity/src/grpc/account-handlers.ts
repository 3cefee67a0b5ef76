import type { HandlerContext, ServiceImpl } from '@connectrpc/connect';
import {
  type IdentityService,
  type SearchAccountsRequest,
  SearchAccountsRequestSchema,
} from '@souk/gen/souk/identity/v1/identity_service_pb';
import { fingerprintOf, ownerScope, type PageTokens, pageSizeOf, principalOf } from '@souk/rpc';
import { changeRole } from '../app/change-role.ts';
import { deleteAccount } from '../app/delete-account.ts';
import { accountNotFound, getAccount } from '../app/get-account.ts';
import { lockAccount } from '../app/lock-account.ts';
import { findRole } from '../app/manage-roles.ts';
import type { IdentityPorts } from '../app/ports.ts';
import { register } from '../app/register.ts';
import type { Account } from '../domain/account.ts';
import { requireHeld } from '../domain/role.ts';
import { deviceOf } from './device.ts';
import { registrationFromProto } from './from-proto.ts';
import { accountToProto, contactToProto, tokensToProto } from './to-proto.ts';

const DEFAULT_PAGE = 50;
const LARGEST_PAGE = 200;

type AccountMethods =
  | 'register'
  | 'getAccount'
  | 'searchAccounts'
  | 'deleteAccount'
  | 'lockAccount'
  | 'unlockAccount'
  | 'grantRole'
  | 'revokeRole'
  | 'batchGetContacts';

/** The RPCs about accounts and their roles. */
export function accountHandlers(
  ports: IdentityPorts,
  pageTokens: PageTokens,
): Pick<ServiceImpl<typeof IdentityService>, AccountMethods> {
  const change = async (
    action: 'grant' | 'revoke',
    request: { accountId: string; role: string; reason: string },
    context: HandlerContext,
  ): Promise<Account> => {
    const { id: actorId, permissions } = principalOf(context);
    const role = await findRole(ports, request.role);
    if (action === 'grant') requireHeld(role.permissions, permissions);
    const { accountId, reason } = request;
    return changeRole(ports, accountId, { action, role: role.name, actorId, reason });
  };
  const lock = async (
    locked: boolean,
    request: { accountId: string; reason: string },
    context: HandlerContext,
  ): Promise<{ account: ReturnType<typeof accountToProto> }> => {
    const by = { actorId: principalOf(context).id, reason: request.reason };
    return { account: accountToProto(await lockAccount(ports, request.accountId, locked, by)) };
  };

  return {
    async register(request, context) {
      const registration = registrationFromProto(request);
      const { account, tokens } = await register(ports, registration, deviceOf(context));
      return { account: accountToProto(account), tokens: tokensToProto(tokens) };
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

    async deleteAccount(request, context) {
      const { id } = principalOf(context);
      if (request.accountId !== 'me' && request.accountId !== id) throw accountNotFound();
      await deleteAccount(ports, id, request.password, deviceOf(context).address);
      return {};
    },

    lockAccount: (request, context) => lock(true, request, context),

    unlockAccount: (request, context) => lock(false, request, context),

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
    role: request.role === '' ? undefined : (await findRole(ports, request.role)).name,
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
