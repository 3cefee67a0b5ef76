import { z } from 'zod';

/** Notification's settings; `SOUK_NOTIFICATION_…` in the environment. */
export const config = z.object({
  /** Where mail is handed over, for example `smtp://user:password@mail.example:587`. */
  smtpUrl: z.url({ protocol: /^smtps?$/ }),
  /** Connections to that server, and mails in hand at a time. */
  smtpConnections: z.coerce.number().int().positive().max(100).default(5),
  /** Address that mail comes from; its domain is also that of the message ids. */
  fromAddress: z.email().default('shop@souk.example'),
  /** Where links in mails lead: the shop's pages `/confirm-email` and `/reset-password`. */
  shopUrl: z.url({ protocol: /^https?$/ }).default('https://souk.example'),
  /** The shop's name: sender, subjects and texts. */
  shopName: z.string().min(1).max(100).default('Souk'),
});
