import { rest } from '../../../support/rest.ts';
import { Tally } from '../tally.ts';
import { send } from './wire.ts';

const HIDDEN = 'GET /healthz HTTP/1.1\r\nHost: souk\r\nX-Hidden: yes\r\n\r\n';

/** Requests whose end two servers may see in different places. None may be read as more than one. */
const AMBIGUOUS: readonly (readonly [what: string, head: string, body: string])[] = [
  [
    'length and chunks',
    `Content-Length: ${String(HIDDEN.length + 5)}\r\nTransfer-Encoding: chunked\r\n`,
    `0\r\n\r\n${HIDDEN}`,
  ],
  [
    'chunks and length',
    `Transfer-Encoding: chunked\r\nContent-Length: 4\r\n`,
    `5c\r\n${HIDDEN}\r\n0\r\n\r\n`,
  ],
  ['two lengths', `Content-Length: 0\r\nContent-Length: ${String(HIDDEN.length)}\r\n`, HIDDEN],
  ['a list of lengths', `Content-Length: 0, ${String(HIDDEN.length)}\r\n`, HIDDEN],
  ['a length with a sign', `Content-Length: +${String(HIDDEN.length)}\r\n`, HIDDEN],
  ['a negative length', 'Content-Length: -1\r\n', HIDDEN],
  ['an octal length', `Content-Length: 0x${HIDDEN.length.toString(16)}\r\n`, HIDDEN],
  ['chunks twice', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n', `0\r\n\r\n${HIDDEN}`],
  ['chunks, oddly written', 'Transfer-Encoding: xchunked\r\n', `0\r\n\r\n${HIDDEN}`],
  ['chunks after a tab', 'Transfer-Encoding:\tchunked\r\nContent-Length: 0\r\n', `0\r\n\r\n${HIDDEN}`],
  ['chunks before a colon', 'Transfer-Encoding : chunked\r\nContent-Length: 0\r\n', `0\r\n\r\n${HIDDEN}`],
  [
    'chunks on a folded line',
    'Transfer-Encoding:\r\n chunked\r\nContent-Length: 0\r\n',
    `0\r\n\r\n${HIDDEN}`,
  ],
  [
    'chunks with a bare line feed',
    'X: y\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n',
    `0\r\n\r\n${HIDDEN}`,
  ],
  ['chunks with a NUL', 'Transfer-Encoding: chunked\0\r\nContent-Length: 0\r\n', `0\r\n\r\n${HIDDEN}`],
  ['a chunk with a huge size', 'Transfer-Encoding: chunked\r\n', `fffffffffffffffff\r\n${HIDDEN}`],
  ['a chunk with a negative size', 'Transfer-Encoding: chunked\r\n', `-1\r\n${HIDDEN}`],
  ['a chunk that ends early', 'Transfer-Encoding: chunked\r\n', `1\r\nab\r\n0\r\n\r\n${HIDDEN}`],
  ['a folded header', `X: y\r\n z\r\nContent-Length: 0, 0\r\n`, HIDDEN],
  ['two hosts', `Host: identity\r\nContent-Length: 0, 1\r\n`, HIDDEN],
  ['a space in a header name', `X Y: z\r\nContent-Length: 0\r\n`, ''],
  ['a line without a colon', `nonsense\r\nContent-Length: 0\r\n`, ''],
];

/** Requests that a server of HTTP should not take at all. */
const MALFORMED: readonly (readonly [what: string, bytes: string | Buffer])[] = [
  ['no version', 'GET /healthz\r\n\r\n'],
  ['an old version', 'GET /healthz HTTP/1.0\r\nHost: souk\r\n\r\n'],
  ['an unknown version', 'GET /healthz HTTP/3.7\r\nHost: souk\r\n\r\n'],
  ['no host', 'GET /healthz HTTP/1.1\r\n\r\n'],
  ['bytes', Buffer.from([0x16, 0x03, 0x01, 0x00, 0xff, 0x01, 0x00])],
  [
    '65 headers',
    `GET /healthz HTTP/1.1\r\nHost: souk\r\n${Array.from({ length: 70 }, (_, n) => `X-${String(n)}: y\r\n`).join('')}\r\n`,
  ],
  ['a header of 64 KiB', `GET /healthz HTTP/1.1\r\nHost: souk\r\nX: ${'y'.repeat(65_536)}\r\n\r\n`],
  ['a path of 64 KiB', `GET /${'y'.repeat(65_536)} HTTP/1.1\r\nHost: souk\r\n\r\n`],
  ['an underscore in a header', 'GET /healthz HTTP/1.1\r\nHost: souk\r\nX_Souk_Subject: admin\r\n\r\n'],
  [
    'an upgrade to HTTP/2',
    'GET /metrics HTTP/1.1\r\nHost: souk\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n',
  ],
  [
    'an upgrade to a socket',
    'GET /v1/availability:watch HTTP/1.1\r\nHost: souk\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: eA==\r\nSec-WebSocket-Version: 13\r\n\r\n',
  ],
  ['another host as target', 'GET http://169.254.169.254/latest/meta-data HTTP/1.1\r\nHost: souk\r\n\r\n'],
  ['a tunnel', 'CONNECT 127.0.0.1:5432 HTTP/1.1\r\nHost: 127.0.0.1:5432\r\n\r\n'],
];

/** S6: requests within requests, and requests that are none. */
export async function attackFraming(): Promise<Tally> {
  const tally = new Tally('request smuggling and malformed HTTP');
  for (const [what, head, body] of AMBIGUOUS) {
    const reply = await send(
      `POST /v1/guests HTTP/1.1\r\nHost: souk\r\nContent-Type: application/json\r\n${head}\r\n${body}`,
    );
    tally.refusal(
      isRefusal(reply.status) && !reply.text.includes('\r\n\r\nok\n'),
      () => `${what}: ${String(reply.status)}, ${String(reply.responses)} responses`,
    );
  }
  for (const [what, bytes] of MALFORMED) {
    const reply = await send(bytes);
    tally.refusal(isRefusal(reply.status), () => `${what}: ${String(reply.status)}`);
  }
  const ok = await rest('GET', '/healthz');
  tally.harmless(ok.status === 200, () => `afterwards /healthz answers ${String(ok.status)}`);
  return tally;
}

/** 501 is what HTTP says to a transfer coding that a server does not know. */
function isRefusal(status: number): boolean {
  return (status >= 400 && status < 500) || status === 501;
}
