import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DescService } from '@bufbuild/protobuf';
import { describe, expect, it } from '@jest/globals';
import { policyOf } from '@souk/rpc';
import { permissionsOf } from '../src/domain/role.ts';

/** The permissions that the contracts of all services name. */
async function namedPermissions(): Promise<string[]> {
  const root = join(import.meta.dirname, '../../../gen/ts/souk');
  const found = new Set<string>();
  for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('_service_pb.js')) continue;
    const module: unknown = await import(join(root, file));
    if (typeof module !== 'object' || module === null) continue;
    for (const service of Object.values<unknown>({ ...module }).filter(isService)) {
      for (const method of service.methods) {
        const { auth } = policyOf(method);
        if (auth.case === 'permission') found.add(auth.value);
        if (auth.case === 'guest' || auth.case === 'user') found.add(auth.value.unlessPermission);
      }
    }
  }
  found.delete('');
  return [...found].sort();
}

function isService(value: unknown): value is DescService {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'service';
}

describe('roles', () => {
  it('give administrators every permission that a contract names, and none that no contract names', async () => {
    expect(permissionsOf(['admin'])).toEqual(await namedPermissions());
  });

  it('give nobody a permission that administrators lack', () => {
    const admin = new Set(permissionsOf(['admin']));
    expect(permissionsOf(['shopper', 'support', 'merchandiser']).filter((name) => !admin.has(name))).toEqual(
      [],
    );
  });
});
