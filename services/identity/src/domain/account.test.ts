import { describe, expect, it } from '@jest/globals';
import { type Account, changeRole, emailKey, type RoleChange } from './account.ts';

const shopper: Account = {
  id: '01900000-0000-7000-8000-000000000001',
  email: 'Ada@Example.com',
  emailConfirmTime: undefined,
  lockTime: undefined,
  displayName: 'Ada',
  locale: 'en-GB',
  roles: ['shopper'],
  version: 1n,
  createTime: new Date(0),
};
const change = (action: RoleChange['action'], role: RoleChange['role']): RoleChange => ({
  action,
  role,
});

describe('changeRole', () => {
  it('adds a role, keeps the list sorted and counts the version', () => {
    expect(changeRole(shopper, change('grant', 'admin'), 1)).toMatchObject({
      roles: ['admin', 'shopper'],
      version: 2n,
    });
  });

  it('changes nothing when there is nothing to change', () => {
    expect(changeRole(shopper, change('grant', 'shopper'), 1)).toBeUndefined();
    expect(changeRole(shopper, change('revoke', 'support'), 1)).toBeUndefined();
  });

  it('keeps every account a shopper', () => {
    expect(() => changeRole(shopper, change('revoke', 'shopper'), 1)).toThrow(
      expect.objectContaining({ reason: 'ROLE_REQUIRED' }),
    );
  });

  it('keeps the last administrator', () => {
    const admin: Account = { ...shopper, roles: ['admin', 'shopper'] };
    expect(() => changeRole(admin, change('revoke', 'admin'), 1)).toThrow(
      expect.objectContaining({ reason: 'LAST_ADMIN' }),
    );
    expect(changeRole(admin, change('revoke', 'admin'), 2)?.roles).toEqual(['shopper']);
  });
});

describe('emailKey', () => {
  it('takes spellings of one mailbox for one', () => {
    expect(emailKey(' ADA@Example.com ')).toBe('ada@example.com');
  });
});
