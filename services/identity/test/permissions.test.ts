import { describe, expect, it } from '@jest/globals';
import { permissions } from '@souk/gen/permissions';
import { permissionsOf } from '../src/domain/role.ts';

describe('roles', () => {
  it('give administrators every permission that a contract names, and none that no contract names', () => {
    expect(permissionsOf(['admin'])).toEqual(permissions);
  });

  it('give nobody a permission that administrators lack', () => {
    const admin = new Set(permissionsOf(['admin']));
    expect(permissionsOf(['shopper', 'support', 'merchandiser']).filter((name) => !admin.has(name))).toEqual(
      [],
    );
  });
});
