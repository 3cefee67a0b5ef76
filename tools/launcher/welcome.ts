import path from 'node:path';
import type { PlatformAddresses } from './addresses.ts';
import type { Session } from './session.ts';

/** What is told at the end of a start: addresses, log-ins, calls to try, where to look. */
export function welcome(
  session: Session,
  addresses: PlatformAddresses,
  how: string,
  seconds: number,
): string {
  const { edge, admin, demo, simulators } = addresses;
  const folder = path.relative(process.cwd(), session.profile.logs);
  return `
Souk is up after ${seconds.toFixed(1)} s (engines: ${how}).

  edge        ${edge}   REST, gRPC and gRPC-web
  mails       ${simulators['mail-sink'] ?? ''}
  log-ins     ${admin.email} / ${admin.password}
              ${demo.emails.join(', ')} / ${demo.password}
  logs        ${folder}/   or: npm run logs -- order

Try:
  curl '${edge}/v1/products:search?query=lantern&pageSize=3'
  curl -X POST ${edge}/v1/guests -H 'content-type: application/json' -d '{}'
  curl -X POST ${edge}/v1/sessions -H 'content-type: application/json' \\
    -d '{"email":"${demo.emails[0] ?? admin.email}","password":"${demo.password}"}'

npm run status | npm stop | npm run logs -- NAME | npm run restart -- NAME | npm run scale -- NAME=2
Ctrl-C ends everything; the data is kept.`;
}
