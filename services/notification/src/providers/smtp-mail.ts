import { createTransport } from 'nodemailer';
import type { Mail } from '../app/ports.ts';
import { withoutAddresses } from '../app/send-delivery.ts';
import type { Failure } from '../domain/delivery.ts';

/** How mail is handed over. */
export interface SmtpOptions {
  readonly url: string;
  readonly connections: number;
  readonly from: { readonly name: string; readonly address: string };
}

const CONNECT_MS = 5_000;
const SOCKET_MS = 20_000;

/** The e-mail channel over SMTP, with connections that are kept open. */
export interface SmtpMail extends Mail {
  close(): void;
}

/** Opens the channel; connections are made when they are needed. */
export function smtpMail({ url, connections, from }: SmtpOptions): SmtpMail {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: connections,
    // A mail whose connection broke is not handed over again behind our back: whether it arrived is not known.
    maxRequeues: 0,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    dnsTimeout: CONNECT_MS,
    socketTimeout: SOCKET_MS,
    // What a template or an address says is never a file or an address on the net to read from.
    disableFileAccess: true,
    disableUrlAccess: true,
    logger: false,
  });
  const domain = from.address.slice(from.address.lastIndexOf('@') + 1);

  return {
    async send(deliveryId, { subject, text, html }, { address, name }, signal) {
      try {
        await transport.sendMail({
          messageId: `<${deliveryId}@${domain}>`,
          from,
          to: { name, address },
          envelope: { from: from.address, to: [address] },
          subject,
          text,
          html,
          headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
          signal,
        });
        return undefined;
      } catch (error) {
        return failureOf(error);
      }
    },
    close: () => {
      transport.close();
    },
  };
}

/** What a failed hand-over means. Only what the server says about this mail or its recipient is taken for an answer. */
export function failureOf(error: unknown): Failure {
  const { code, responseCode, command } = detailsOf(error);
  const reason = withoutAddresses(error instanceof Error ? error.message : String(error));
  const aboutMail = code === 'EENVELOPE' || code === 'EMESSAGE';
  // 421: the server is closing down. A sender that is refused is a matter of the server's settings or ours.
  if (!aboutMail) return { kind: code === 'EABORT' ? 'deferred' : 'unreachable', reason };
  if (responseCode === 421) return { kind: 'unreachable', reason };
  if (command?.startsWith('MAIL FROM') === true) return { kind: 'deferred', reason };
  const isRefused = responseCode === undefined ? code === 'EENVELOPE' : responseCode >= 500;
  return { kind: isRefused ? 'refused' : 'deferred', reason };
}

function detailsOf(error: unknown): {
  code: string | undefined;
  responseCode: number | undefined;
  command: string | undefined;
} {
  const read = (key: string): unknown =>
    typeof error === 'object' && error !== null ? Reflect.get(error, key) : undefined;
  const [code, responseCode, command] = [read('code'), read('responseCode'), read('command')];
  return {
    code: typeof code === 'string' ? code : undefined,
    responseCode: typeof responseCode === 'number' ? responseCode : undefined,
    command: typeof command === 'string' ? command : undefined,
  };
}
