import { create } from '@bufbuild/protobuf';
import { timestampDate, timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { ServiceImpl } from '@connectrpc/connect';
import type { IdentityService } from '@souk/gen/souk/identity/v1/identity_service_pb';
import {
  type ApiKey as ApiKeyMessage,
  ApiKeySchema,
  type ServiceAccount as ServiceAccountMessage,
  ServiceAccountSchema,
} from '@souk/gen/souk/identity/v1/service_account_pb';
import {
  createApiKey,
  createServiceAccount,
  deleteServiceAccount,
  exchangeApiKey,
  listApiKeys,
  revokeApiKey,
} from '../app/manage-service-accounts.ts';
import type { IdentityPorts } from '../app/ports.ts';
import type { ApiKey, ServiceAccount } from '../domain/service-account.ts';
import { onceOf } from './once-of.ts';
import { actorOf } from './role-handlers.ts';

type ServiceAccountMethods =
  | 'createServiceAccount'
  | 'listServiceAccounts'
  | 'deleteServiceAccount'
  | 'createApiKey'
  | 'listApiKeys'
  | 'revokeApiKey'
  | 'exchangeApiKey';

/** The RPCs about service accounts and their keys. */
export function serviceAccountHandlers(
  ports: IdentityPorts,
): Pick<ServiceImpl<typeof IdentityService>, ServiceAccountMethods> {
  return {
    async createServiceAccount({ displayName, permissions, requestId }, context) {
      const once = onceOf(requestId, context);
      const account = await createServiceAccount(ports, { displayName, permissions }, actorOf(context), once);
      return { serviceAccount: serviceAccountToProto(account) };
    },

    async listServiceAccounts() {
      return { serviceAccounts: (await ports.serviceAccounts.list()).map(serviceAccountToProto) };
    },

    async deleteServiceAccount({ serviceAccountId }, context) {
      await deleteServiceAccount(ports, serviceAccountId, actorOf(context));
      return {};
    },

    async createApiKey(request, context) {
      const { serviceAccountId, displayName, scopes } = request;
      const expireTime = request.expireTime && timestampDate(request.expireTime);
      const order = { serviceAccountId, displayName, scopes, expireTime };
      const { key, secret } = await createApiKey(ports, order, actorOf(context));
      return { apiKey: apiKeyToProto(key), secret };
    },

    async listApiKeys({ serviceAccountId }) {
      return { apiKeys: (await listApiKeys(ports, serviceAccountId)).map(apiKeyToProto) };
    },

    async revokeApiKey({ apiKeyId }, context) {
      return { apiKey: apiKeyToProto(await revokeApiKey(ports, apiKeyId, actorOf(context))) };
    },

    async exchangeApiKey({ secret, scopes }) {
      const given = await exchangeApiKey(ports, secret, scopes);
      return {
        accessToken: given.token,
        expireTime: timestampFromDate(given.expireTime),
        scopes: [...given.scopes],
      };
    },
  };
}

function serviceAccountToProto(account: ServiceAccount): ServiceAccountMessage {
  return create(ServiceAccountSchema, {
    serviceAccountId: account.id,
    displayName: account.displayName,
    permissions: [...account.permissions],
    createTime: timestampFromDate(account.createTime),
  });
}

function apiKeyToProto(key: ApiKey): ApiKeyMessage {
  return create(ApiKeySchema, {
    apiKeyId: key.id,
    serviceAccountId: key.serviceAccountId,
    displayName: key.displayName,
    scopes: [...key.scopes],
    createTime: timestampFromDate(key.createTime),
    expireTime: timestampFromDate(key.expireTime),
    ...(key.useTime && { useTime: timestampFromDate(key.useTime) }),
    ...(key.revokeTime && { revokeTime: timestampFromDate(key.revokeTime) }),
  });
}
