import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type MailSinkProcess, startMailSinkProcess } from '../src/process.ts';

let folder: string;
let sink: MailSinkProcess;
const start = (): Promise<MailSinkProcess> =>
  startMailSinkProcess({ SOUK_MAIL_SINK_FOLDER: folder, SOUK_MAIL_SINK_CAPACITY: '2' });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'souk-mail-'));
  sink = await start();
});

afterAll(async () => {
  await sink.stop();
  await rm(folder, { recursive: true });
});

/** Speaks SMTP by hand; answers with the reply to the mail itself. */
function send(to: string, subject: string, body: string): Promise<string> {
  const lines = [
    'EHLO test',
    'MAIL FROM:<shop@souk.example>',
    `RCPT TO:<${to}>`,
    'DATA',
    `Subject: ${subject}\r\nContent-Type: text/html\r\n\r\n${body}\r\n.`,
    'QUIT',
  ];
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(sink.smtpUrl).port), '127.0.0.1');
    const replies: string[] = [];
    socket.setEncoding('utf8').on('error', reject);
    socket.on('data', (text: string) => {
      for (const reply of text.split('\r\n').filter((line) => /^\d{3} /.test(line))) {
        replies.push(reply);
        const line = lines.shift();
        if (line !== undefined) socket.write(`${line}\r\n`);
      }
    });
    socket.on('close', () => {
      resolve(replies[5] ?? '');
    });
  });
}

describe('the mail sink', () => {
  it('keeps the newest mails, over a restart too', async () => {
    for (const name of ['ann', 'ben', 'cas'])
      expect(await send(`${name}@x.example`, `Hello ${name}`, '<p>Hi</p>')).toMatch(/^250/);
    await sink.stop();
    sink = await start();
    expect((await sink.mails()).map(({ subject }) => subject)).toEqual(['Hello ben', 'Hello cas']);
    expect(await sink.mails('cas@x.example')).toMatchObject([{ to: ['cas@x.example'], html: '<p>Hi</p>\n' }]);
  });

  it('shows a mail without letting it do anything', async () => {
    await send('eve@x.example', '<script>alert(1)</script>', '<img src=x onerror="alert(1)">');
    const [mail] = await sink.mails('eve@x.example');
    const response = await fetch(`${sink.httpUrl}/messages/${mail?.id ?? ''}`);
    const page = await response.text();
    expect(page).not.toContain('<script>');
    expect(page).not.toContain('<img');
    expect(page).toContain('sandbox=""');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await (await fetch(sink.httpUrl)).text()).not.toContain('<script>');
  });

  it('refuses for a while when told to', async () => {
    await sink.refuse(1);
    expect(await send('ann@x.example', 'again', '')).toMatch(/^451/);
    expect(await send('ann@x.example', 'again', '')).toMatch(/^250/);
  });
});
