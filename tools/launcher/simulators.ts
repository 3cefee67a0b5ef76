import path from 'node:path';
import type { PlatformEnvironment } from './environment.ts';
import { acceptsTcp } from './processes/health.ts';
import type { Session } from './session.ts';

/** Environment of a simulator beside what every Node.js child gets. */
export function simulatorEnvironment(
  session: Session,
  platform: PlatformEnvironment,
  name: string,
): Record<string, string> {
  const { ports, profile } = session;
  if (name === 'payment-provider') {
    return {
      SOUK_PROVIDER_PORT: String(ports.of('payment-provider')),
      SOUK_PROVIDER_DATA: path.join(profile.data, 'payment-provider'),
      SOUK_PROVIDER_WEBHOOK_URL: `http://127.0.0.1:${String(ports.of('edge'))}/v1/payments/webhooks/simulator`,
      SOUK_PROVIDER_API_KEY: platform.provider.apiKey,
      SOUK_PROVIDER_WEBHOOK_SECRET: platform.provider.webhookSecret,
    };
  }
  if (name === 'mail-sink') {
    return {
      SOUK_MAIL_SINK_HTTP_PORT: String(ports.of('mail-sink')),
      SOUK_MAIL_SINK_SMTP_PORT: String(ports.of('mail-sink-smtp')),
      SOUK_MAIL_SINK_FOLDER: path.join(profile.data, 'mail-sink'),
    };
  }
  throw new Error(`the launcher does not know how to start the simulator "${name}"`);
}

/** True when a simulator accepts connections. */
export async function simulatorHealth(session: Session, name: string): Promise<boolean> {
  if (name === 'mail-sink') {
    return (
      (await acceptsTcp(session.ports.of('mail-sink'))) && acceptsTcp(session.ports.of('mail-sink-smtp'))
    );
  }
  return acceptsTcp(session.ports.of('payment-provider'));
}
