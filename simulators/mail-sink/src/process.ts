import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { Mail } from './mailbox.ts';

const readyLine = z.object({ httpPort: z.number(), smtpPort: z.number() });

/** A mail sink in a process of its own, for tests. */
export interface MailSinkProcess {
  readonly smtpUrl: string;
  readonly httpUrl: string;
  /** Mails received so far, oldest first; those to one address, if given. */
  mails(to?: string): Promise<Mail[]>;
  /** Refuses the next mails with a temporary error. */
  refuse(times: number): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one. */
export async function startMailSinkProcess(env: Record<string, string> = {}): Promise<MailSinkProcess> {
  const ports = { SOUK_MAIL_SINK_HTTP_PORT: '0', SOUK_MAIL_SINK_SMTP_PORT: '0' };
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: { ...process.env, NODE_OPTIONS: '', ...ports, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: unknown[] = await once(createInterface({ input: child.stdout }), 'line');
  const { httpPort, smtpPort } = readyLine.parse(JSON.parse(String(lines[0])));
  const httpUrl = `http://127.0.0.1:${httpPort}`;
  return {
    httpUrl,
    smtpUrl: `smtp://127.0.0.1:${smtpPort}`,
    async mails(to) {
      const response = await fetch(
        `${httpUrl}/messages${to === undefined ? '' : `?to=${encodeURIComponent(to)}`}`,
      );
      const body = (await response.json()) as { messages: Mail[] };
      return body.messages;
    },
    async refuse(times) {
      await fetch(`${httpUrl}/admin/refuse?times=${times}`, { method: 'POST' });
    },
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}
