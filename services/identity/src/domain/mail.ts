/** What a mail with a secret is for, or that it only tells something. */
export type MailPurpose = 'confirm-email' | 'reset-password' | 'registration-repeated';

const HOUR = 3_600_000;

/** How long a mail's secret works, in milliseconds. */
export const MAIL_LIFE_MS: Readonly<Record<MailPurpose, number>> = {
  'confirm-email': 48 * HOUR,
  'reset-password': HOUR,
  'registration-repeated': HOUR,
};

/** Mails of one purpose that go to one address within a day; strangers cannot make us flood a mailbox. */
export const MAILS_A_DAY = 5;

/** A mail that was asked for. */
export interface AccountMail {
  /** UUIDv7. */
  readonly id: string;
  readonly accountId: string;
  readonly purpose: MailPurpose;
  readonly expireTime: Date;
}
