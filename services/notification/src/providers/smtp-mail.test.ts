import { describe, expect, it } from '@jest/globals';
import { failureOf } from './smtp-mail.ts';

const fault = (fields: object): Error => Object.assign(new Error('no <ada@private.example>'), fields);

describe('what a mail server says', () => {
  it.each([
    ['unknown recipient', { code: 'EENVELOPE', responseCode: 550, command: 'RCPT TO' }, 'refused'],
    ['malformed address', { code: 'EENVELOPE' }, 'refused'],
    ['content refused', { code: 'EMESSAGE', responseCode: 554, command: 'DATA' }, 'refused'],
    ['greylisting', { code: 'EENVELOPE', responseCode: 451, command: 'RCPT TO' }, 'deferred'],
    ['sender refused', { code: 'EENVELOPE', responseCode: 550, command: 'MAIL FROM' }, 'deferred'],
    ['closing down', { code: 'EMESSAGE', responseCode: 421, command: 'DATA' }, 'unreachable'],
    ['wrong password', { code: 'EAUTH', responseCode: 535, command: 'AUTH PLAIN' }, 'unreachable'],
    ['not there', { code: 'ESOCKET', command: 'CONN' }, 'unreachable'],
    ['gave up waiting', { code: 'EABORT' }, 'deferred'],
  ])('%s', (_, fields, kind) => {
    expect(failureOf(fault(fields))).toEqual({ kind, reason: 'no <<address>>' });
  });
});
