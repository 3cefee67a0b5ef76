import { describe, expect, it } from '@jest/globals';
import { checkPassword } from './password-policy.ts';

describe('checkPassword', () => {
  it.each(['Password1', '11111111', 'abababab', 'QWERTYUIOP', 'ada.lovelace', 'ada.lovelace@example.com'])(
    'refuses %s',
    (password) => {
      expect(() => checkPassword(password, 'Ada.Lovelace@example.com')).toThrow(
        expect.objectContaining({ reason: 'PASSWORD_TOO_COMMON' }),
      );
    },
  );

  it('has no rules of composition', () => {
    expect(() => checkPassword('correct horse battery staple', 'ada@example.com')).not.toThrow();
    expect(() => checkPassword('пароль из слов', 'ada@example.com')).not.toThrow();
  });
});
