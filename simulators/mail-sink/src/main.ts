import { once } from 'node:events';
import type { Server } from 'node:net';
import { readConfig } from './config.ts';
import { mailboxServer } from './http/server.ts';
import { openMailbox } from './mailbox.ts';
import { smtpReceiver } from './smtp.ts';

const config = readConfig(process.env);
const mailbox = await openMailbox(config.capacity, config.folder);
const refusals = { left: 0 };
const smtp = smtpReceiver(mailbox, refusals);
const web = mailboxServer(mailbox, refusals);
smtp.on('error', (error) => {
  process.stderr.write(`${JSON.stringify({ level: 'warn', msg: 'SMTP', error: error.message })}\n`);
});
smtp.listen(config.smtpPort, config.host);
web.listen(config.httpPort, config.host);
await Promise.all([once(smtp.server, 'listening'), once(web, 'listening')]);
const ready = {
  level: 'info',
  msg: 'ready',
  service: 'mail-sink',
  httpPort: portOf(web),
  smtpPort: portOf(smtp.server),
};
process.stdout.write(`${JSON.stringify(ready)}\n`);

const stop = (): void => {
  web.close();
  web.closeAllConnections();
  smtp.close(() => process.exit(0));
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
