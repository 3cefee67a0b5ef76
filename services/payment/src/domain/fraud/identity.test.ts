import { describe, expect, it } from '@jest/globals';
import { addressKey } from './address-key.ts';
import { emailDomain, isDisposable, mailboxOf } from './email.ts';

describe('an e-mail address', () => {
  it.each([
    ['Jo.Bloggs+shop@GMail.com', 'jobloggs@gmail.com'],
    ['jo.bloggs+a+b@example.org', 'jo.bloggs@example.org'],
    ['jo', ''],
  ])('%s is the mailbox %s', (email, mailbox) => {
    expect(mailboxOf(email)).toBe(mailbox);
  });

  it('is disposable by its domain or one above', () => {
    expect(isDisposable(emailDomain('a@Mailinator.com'))).toBe(true);
    expect(isDisposable('eu.mailinator.com')).toBe(true);
    expect(isDisposable('notmailinator.com')).toBe(false);
    expect(isDisposable('')).toBe(false);
  });
});

describe('an address', () => {
  it('has one key however it is spelt, and none if it says nothing', () => {
    const key = addressKey({ country: 'GB', postalCode: 'SW1A 1AA', lines: ['12, High Street'] });
    expect(addressKey({ country: 'gb', postalCode: 'sw1a1aa', lines: ['12 HIGH STREET'] })).toBe(key);
    expect(addressKey({ country: 'GB', postalCode: 'SW1A 1AA', lines: ['13 High Street'] })).not.toBe(key);
    expect(addressKey({ country: 'GB', postalCode: '', lines: [' '] })).toBe('');
  });
});
