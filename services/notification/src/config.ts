import { z } from 'zod';

/** Notification's settings. */
export const config = z.object({
  /** Where mail is handed over; user and password, if any, belong into the URL. */
  SOUK_NOTIFICATION_SMTP_URL: z.url({ protocol: /^smtps?$/ }),
  /** Sender of all mail, as in a `From` header. */
  SOUK_NOTIFICATION_FROM: z.string().min(3).default('Souk <orders@souk.example>'),
});
