import type { Sql } from '@souk/sql';
import type { RoleStore } from '../app/ports.ts';
import type { RoleDefinition } from '../domain/role.ts';
import { appendAudit } from './audit-chain.ts';
import { onceByKey } from './once-by-key.ts';
import type { Recording } from './recording.ts';

const ROLES_LOCK = 7_304;

/** Custom roles in PostgreSQL. */
export function postgresRoles(sql: Sql, recording: Recording): RoleStore {
  const { knex } = sql;
  return {
    async list() {
      return knex<RoleDefinition>('custom_roles').select('*').orderBy('name');
    },

    async find(name) {
      return knex<RoleDefinition>('custom_roles').select('*').where('name', name).first();
    },

    async permissionsOf(names) {
      const rows = await knex<RoleDefinition>('custom_roles')
        .select('permissions')
        .whereIn('name', [...names]);
      return rows.flatMap(({ permissions }) => permissions);
    },

    async create(role, most, actorId, once) {
      const outcome = await onceByKey<'exists' | 'full'>(sql, 'CreateRole', once, async (trx) => {
        await trx.raw('select pg_advisory_xact_lock(?)', [ROLES_LOCK]);
        const names = await trx<RoleDefinition>('custom_roles').select('name');
        if (names.some(({ name }) => name === role.name)) return { refused: 'exists' };
        if (names.length >= most) return { refused: 'full' };
        await trx('custom_roles').insert({ ...role, version: role.version.toString() });
        await record(trx, 'role.created', role.name, actorId, role.permissions);
        return { made: role.name };
      });
      return 'made' in outcome ? 'created' : outcome.refused;
    },

    async update(role, actorId) {
      const updated = await sql.transaction(async (trx) => {
        const changed = await trx('custom_roles')
          .where({ name: role.name, version: (role.version - 1n).toString() })
          .update({ ...role, version: role.version.toString() });
        if (changed === 0) return false;
        await trx.raw(
          `with holders as (
             update accounts set version = version + 1
             where account_id in (select account_id from account_roles where role = ?)
             returning account_id, version
           )
           insert into ended_tokens (subject_id, min_version, expire_time)
           select account_id, version, ? from holders`,
          [role.name, new Date(Date.now() + recording.tokenLifeMs)],
        );
        await record(trx, 'role.updated', role.name, actorId, role.permissions);
        return true;
      });
      recording.onEnded();
      return updated;
    },

    async delete(name, actorId) {
      return sql.transaction(async (trx) => {
        await trx.raw('select pg_advisory_xact_lock(?)', [ROLES_LOCK]);
        const held: unknown = await trx('account_roles').select('account_id').where('role', name).first();
        if (held !== undefined) return 'in-use';
        const deleted = await trx('custom_roles').where('name', name).delete();
        if (deleted === 0) return 'absent';
        await record(trx, 'role.deleted', name, actorId, []);
        return 'deleted';
      });
    },
  };

  async function record(
    trx: Parameters<typeof appendAudit>[0],
    action: string,
    subjectId: string,
    actorId: string,
    permissions: readonly string[],
  ): Promise<void> {
    const entry = { actorId, action, subjectId, detail: { permissions: permissions.join(' ') } };
    await appendAudit(trx, [entry], recording.auditHash, new Date());
  }
}
