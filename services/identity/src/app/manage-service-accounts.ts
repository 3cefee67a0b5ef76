import { exhausted, newId, notFound, unauthenticated } from '@souk/kernel';
import { requireGivable, requireHeld } from '../domain/role.ts';
import {
  type ApiKey,
  keyExpireTime,
  keyWorks,
  MOST_KEYS,
  MOST_SERVICE_ACCOUNTS,
  narrowScopes,
  type ServiceAccount,
} from '../domain/service-account.ts';
import type { Actor, IdentityPorts, Once } from './ports.ts';

/**
 * Makes a service account.
 *
 * @throws PERMISSION_UNKNOWN, PERMISSION_NOT_HELD, SERVICE_ACCOUNT_LIMIT_EXCEEDED, REQUEST_ID_REUSED
 */
export async function createServiceAccount(
  ports: IdentityPorts,
  { displayName, permissions }: Pick<ServiceAccount, 'displayName' | 'permissions'>,
  actor: Actor,
  once?: Once,
): Promise<ServiceAccount> {
  requireGivable(permissions, ports.catalogue, actor.permissions);
  const account: ServiceAccount = {
    id: newId(),
    displayName,
    permissions: [...permissions].sort(),
    createTime: ports.clock.now(),
  };
  const created = await ports.serviceAccounts.create(account, MOST_SERVICE_ACCOUNTS, actor.id, once);
  if (created === 'full')
    throw exhausted('SERVICE_ACCOUNT_LIMIT_EXCEEDED', 'there are too many service accounts', {
      metadata: { limit: String(MOST_SERVICE_ACCOUNTS) },
    });
  return created;
}

/**
 * Deletes a service account with its keys; their access tokens end.
 *
 * @throws SERVICE_ACCOUNT_NOT_FOUND
 */
export async function deleteServiceAccount(ports: IdentityPorts, id: string, actor: Actor): Promise<void> {
  if (!(await ports.serviceAccounts.delete(id, actor.id))) throw serviceAccountNotFound();
}

/** The keys of a service account. @throws SERVICE_ACCOUNT_NOT_FOUND */
export async function listApiKeys(ports: IdentityPorts, serviceAccountId: string): Promise<ApiKey[]> {
  if ((await ports.serviceAccounts.find(serviceAccountId)) === undefined) throw serviceAccountNotFound();
  return ports.serviceAccounts.listKeys(serviceAccountId);
}

/** What a key is to be. */
export interface KeyOrder {
  readonly serviceAccountId: string;
  readonly displayName: string;
  readonly scopes: readonly string[];
  readonly expireTime: Date | undefined;
}

/**
 * Makes a key. Its secret is known to the caller alone from then on.
 *
 * @throws SERVICE_ACCOUNT_NOT_FOUND, SCOPE_NOT_ALLOWED, PERMISSION_NOT_HELD, EXPIRE_TIME_INVALID, API_KEY_LIMIT_EXCEEDED
 */
export async function createApiKey(
  ports: IdentityPorts,
  order: KeyOrder,
  actor: Actor,
): Promise<{ key: ApiKey; secret: string }> {
  const now = ports.clock.now();
  const owner = await ports.serviceAccounts.find(order.serviceAccountId);
  if (owner === undefined) throw serviceAccountNotFound();
  const scopes = narrowScopes(order.scopes, owner.permissions);
  requireHeld(scopes, actor.permissions);
  const key: ApiKey = {
    id: newId(),
    serviceAccountId: owner.id,
    displayName: order.displayName,
    scopes,
    createTime: now,
    expireTime: keyExpireTime(order.expireTime, now),
    useTime: undefined,
    revokeTime: undefined,
  };
  const { secret, hash } = ports.apiKeySecrets.mint(key.id);
  if (!(await ports.serviceAccounts.addKey(key, hash, MOST_KEYS, actor.id)))
    throw exhausted('API_KEY_LIMIT_EXCEEDED', 'the service account has too many keys', {
      metadata: { limit: String(MOST_KEYS) },
    });
  return { key, secret };
}

/** Revokes a key; its access tokens end. @throws API_KEY_NOT_FOUND */
export async function revokeApiKey(ports: IdentityPorts, keyId: string, actor: Actor): Promise<ApiKey> {
  const key = await ports.serviceAccounts.revokeKey(keyId, ports.clock.now(), actor.id);
  if (key === undefined) throw notFound('API_KEY_NOT_FOUND', 'there is no such key');
  return key;
}

/** An access token for a program. */
export interface MachineToken {
  readonly token: string;
  readonly expireTime: Date;
  readonly scopes: readonly string[];
  /** The key that bought it. */
  readonly keyId: string;
}

/**
 * Gives an access token for a key.
 *
 * @throws API_KEY_INVALID, SCOPE_NOT_ALLOWED
 */
export async function exchangeApiKey(
  ports: IdentityPorts,
  secret: string,
  asked: readonly string[],
): Promise<MachineToken> {
  const now = ports.clock.now();
  const found = await ports.serviceAccounts.findByHash(ports.apiKeySecrets.hashOf(secret));
  if (found === undefined || !keyWorks(found.key, now))
    throw unauthenticated('API_KEY_INVALID', 'the key is not, or no longer, valid');
  const { key, owner } = found;
  // A service account's permissions may have been narrowed since the key was made.
  const scopes = narrowScopes(
    asked,
    key.scopes.filter((scope) => owner.permissions.includes(scope)),
  );
  await ports.serviceAccounts.noteUse(key.id, now);
  const { token, expireTime } = await ports.tokens.accessToken(
    { subjectId: owner.id, sessionId: key.id, kind: 'machine', version: 0n, roles: [], permissions: scopes },
    now,
  );
  return { token, expireTime, scopes, keyId: key.id };
}

function serviceAccountNotFound(): Error {
  return notFound('SERVICE_ACCOUNT_NOT_FOUND', 'there is no such service account');
}
