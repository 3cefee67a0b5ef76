import { create } from '@bufbuild/protobuf';
import type { HandlerContext, ServiceImpl } from '@connectrpc/connect';
import type { IdentityService } from '@souk/gen/souk/identity/v1/identity_service_pb';
import { type Role as RoleMessage, RoleSchema } from '@souk/gen/souk/identity/v1/role_pb';
import { etagMismatch, etagOf, principalOf, versionOf } from '@souk/rpc';
import { createRole, deleteRole, findRole, listRoles, updateRole } from '../app/manage-roles.ts';
import type { Actor, IdentityPorts } from '../app/ports.ts';
import { isBuiltIn, type RoleDefinition } from '../domain/role.ts';
import { onceOf } from './once-of.ts';

type RoleMethods = 'listPermissions' | 'listRoles' | 'createRole' | 'updateRole' | 'deleteRole';

/** The RPCs about roles. */
export function roleHandlers(ports: IdentityPorts): Pick<ServiceImpl<typeof IdentityService>, RoleMethods> {
  return {
    async listPermissions() {
      return { permissions: [...ports.catalogue].sort() };
    },

    async listRoles() {
      return { roles: (await listRoles(ports)).map(roleToProto) };
    },

    async createRole({ name, description, permissions, requestId }, context) {
      const once = onceOf(requestId, context);
      const role = await createRole(ports, { name, description, permissions }, actorOf(context), once);
      return { role: roleToProto(role) };
    },

    async updateRole({ name, description, permissions, etag }, context) {
      const change = { name, description, permissions, version: versionOf(etag) };
      const role = await updateRole(ports, change, actorOf(context));
      if (role === undefined) throw etagMismatch((await findRole(ports, name)).version);
      return { role: roleToProto(role) };
    },

    async deleteRole({ name }, context) {
      await deleteRole(ports, name, actorOf(context));
      return {};
    },
  };
}

/** Who makes a call, for the record. */
export function actorOf(context: HandlerContext): Actor {
  const { id, permissions } = principalOf(context);
  return { id, permissions };
}

function roleToProto({ name, description, permissions, version }: RoleDefinition): RoleMessage {
  return create(RoleSchema, {
    name,
    description,
    permissions: [...permissions],
    builtIn: isBuiltIn(name),
    etag: etagOf(version),
  });
}
