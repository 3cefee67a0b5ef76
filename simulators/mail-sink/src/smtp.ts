import { type AddressObject, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import type { Mail, Mailbox } from './mailbox.ts';

const MAX_BYTES = 1024 * 1024;

/** Refusals to inject: the next `left` mails get a temporary error. */
export interface Refusals {
  left: number;
}

class Rejected extends Error {
  readonly responseCode = 550;

  constructor(address: string) {
    super(`5.1.1 <${address}>: no such user here`);
  }
}

/** Receives mail from anybody for anybody but `rejected@…`, whom it does not know, and keeps it. */
export function smtpReceiver(mailbox: Mailbox, refusals: Refusals): SMTPServer {
  return new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    size: MAX_BYTES,
    disableReverseLookup: true,
    banner: 'mail sink: nothing leaves this machine',
    onRcptTo({ address }, _session, done) {
      done(address.startsWith('rejected@') ? new Rejected(address) : undefined);
    },
    onData(stream, session, done) {
      const recipients = session.envelope.rcptTo.map(({ address }) => address);
      simpleParser(stream)
        .then(async (parsed) => {
          if (stream.sizeExceeded)
            throw Object.assign(new Error('the mail is too large'), { responseCode: 552 });
          if (refusals.left > 0) {
            refusals.left -= 1;
            throw Object.assign(new Error('injected refusal, try again'), { responseCode: 451 });
          }
          const mail: Omit<Mail, 'id'> = {
            receiveTime: new Date().toISOString(),
            messageId: parsed.messageId ?? '',
            from: addressOf(parsed.from),
            to: recipients,
            subject: parsed.subject ?? '',
            headers: Object.fromEntries(
              parsed.headerLines.map(({ key, line }) => [key, line.slice(key.length + 1).trim()]),
            ),
            text: parsed.text ?? '',
            html: typeof parsed.html === 'string' ? parsed.html : '',
          };
          await mailbox.add(mail);
        })
        .then(
          () => {
            done();
          },
          (error: unknown) => {
            done(error instanceof Error ? error : new Error(String(error)));
          },
        );
    },
  });
}

function addressOf(from: AddressObject | undefined): string {
  return from?.text ?? '';
}
