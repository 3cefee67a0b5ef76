import { alreadyExists, exhausted, invalid, precondition } from '@souk/kernel';
import {
  builtInRoles,
  isBuiltIn,
  MOST_CUSTOM_ROLES,
  permissionsOf,
  type Role,
  type RoleDefinition,
  requireGivable,
} from '../domain/role.ts';
import type { Actor, IdentityPorts, Once } from './ports.ts';

/** All roles: built-in ones, then custom ones by name. */
export async function listRoles({ roles }: Pick<IdentityPorts, 'roles'>): Promise<RoleDefinition[]> {
  return [...builtInRoles(), ...(await roles.list())];
}

/**
 * A role by its name.
 *
 * @throws ROLE_UNKNOWN
 */
export async function findRole({ roles }: Pick<IdentityPorts, 'roles'>, name: Role): Promise<RoleDefinition> {
  const found = builtInRoles().find((role) => role.name === name) ?? (await roles.find(name));
  if (found === undefined) throw roleUnknown(name);
  return found;
}

/** The permissions that roles give together, sorted, each once. Asks the store only for custom ones. */
export async function permissionsOfAll(
  { roles }: Pick<IdentityPorts, 'roles'>,
  names: readonly Role[],
): Promise<string[]> {
  const builtIn = permissionsOf(names);
  const custom = names.filter((name) => !isBuiltIn(name));
  if (custom.length === 0) return builtIn;
  return [...new Set([...builtIn, ...(await roles.permissionsOf(custom))])].sort();
}

/**
 * Makes a custom role.
 *
 * @throws ROLE_EXISTS, ROLE_LIMIT_EXCEEDED, PERMISSION_UNKNOWN, PERMISSION_NOT_HELD, REQUEST_ID_REUSED
 */
export async function createRole(
  ports: IdentityPorts,
  role: Omit<RoleDefinition, 'version'>,
  actor: Actor,
  once?: Once,
): Promise<RoleDefinition> {
  requireGivable(role.permissions, ports.catalogue, actor.permissions);
  const created: RoleDefinition = { ...role, permissions: [...role.permissions].sort(), version: 1n };
  const outcome = isBuiltIn(role.name)
    ? 'exists'
    : await ports.roles.create(created, MOST_CUSTOM_ROLES, actor.id, once);
  if (outcome === 'full')
    throw exhausted('ROLE_LIMIT_EXCEEDED', 'there are too many roles', {
      metadata: { limit: String(MOST_CUSTOM_ROLES) },
    });
  if (outcome === 'exists') throw alreadyExists('ROLE_EXISTS', 'there is a role of this name');
  return created;
}

/**
 * Changes what a custom role gives; access tokens of those who hold it end. What the role gives already may be kept by
 * who does not hold it.
 *
 * @returns the role afterwards; `undefined` when it has changed since it was read.
 * @throws ROLE_UNKNOWN, ROLE_BUILT_IN, PERMISSION_UNKNOWN, PERMISSION_NOT_HELD
 */
export async function updateRole(
  ports: IdentityPorts,
  change: RoleDefinition,
  actor: Actor,
): Promise<RoleDefinition | undefined> {
  refuseBuiltIn(change.name);
  const before = await findRole(ports, change.name);
  const added = change.permissions.filter((permission) => !before.permissions.includes(permission));
  requireGivable(added, ports.catalogue, actor.permissions);
  const after = {
    ...change,
    permissions: [...change.permissions].sort(),
    version: change.version + 1n,
  };
  return (await ports.roles.update(after, actor.id)) ? after : undefined;
}

/**
 * Deletes a custom role that nobody holds.
 *
 * @throws ROLE_UNKNOWN, ROLE_BUILT_IN, ROLE_IN_USE
 */
export async function deleteRole(ports: IdentityPorts, name: Role, actor: Actor): Promise<void> {
  refuseBuiltIn(name);
  const outcome = await ports.roles.delete(name, actor.id);
  if (outcome === 'absent') throw roleUnknown(name);
  if (outcome === 'in-use') throw precondition('ROLE_IN_USE', 'accounts hold the role');
}

function refuseBuiltIn(name: Role): void {
  if (isBuiltIn(name)) throw precondition('ROLE_BUILT_IN', 'the role is part of the platform');
}

function roleUnknown(role: Role): Error {
  return invalid('ROLE_UNKNOWN', 'there is no such role', { field: 'role', metadata: { role } });
}
