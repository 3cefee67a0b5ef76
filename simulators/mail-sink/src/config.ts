import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);
const schema = z.object({
  SOUK_MAIL_SINK_HOST: z.string().default('127.0.0.1'),
  SOUK_MAIL_SINK_HTTP_PORT: port.default(8_091),
  SOUK_MAIL_SINK_SMTP_PORT: port.default(8_092),
  SOUK_MAIL_SINK_CAPACITY: z.coerce.number().int().positive().max(100_000).default(1_000),
  SOUK_MAIL_SINK_FOLDER: z.string().min(1).optional(),
});

/** Settings of the mail sink. */
export interface Config {
  readonly host: string;
  /** 0 takes any free port and prints it. */
  readonly httpPort: number;
  readonly smtpPort: number;
  /** Mails kept; the oldest make room. */
  readonly capacity: number;
  /** Where mails are kept over a restart; in memory only if undefined. */
  readonly folder: string | undefined;
}

/** @throws z.ZodError if a setting is malformed. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const env = schema.parse(environment);
  return {
    host: env.SOUK_MAIL_SINK_HOST,
    httpPort: env.SOUK_MAIL_SINK_HTTP_PORT,
    smtpPort: env.SOUK_MAIL_SINK_SMTP_PORT,
    capacity: env.SOUK_MAIL_SINK_CAPACITY,
    folder: env.SOUK_MAIL_SINK_FOLDER,
  };
}
