import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A host of the inside that nobody has a reason to call. */
export interface CanaryHost {
  /** Addresses of it, in several spellings. */
  readonly urls: readonly string[];
  /** What called it. */
  readonly visits: readonly string[];
  close(): void;
}

/** Starts one. */
export async function startCanaryHost(): Promise<CanaryHost> {
  const visits: string[] = [];
  const server = createServer((request, response) => {
    visits.push(`${request.method ?? ''} ${request.url ?? ''}`);
    response.end('canary');
  });
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  const { port } = server.address() as AddressInfo;
  const hosts = [
    '127.0.0.1',
    'localhost',
    '0.0.0.0',
    '2130706433',
    '0x7f.1',
    '[::ffff:127.0.0.1]',
    'evil.example@127.0.0.1',
  ];
  return {
    urls: [
      ...hosts.map((host) => `http://${host}:${String(port)}/canary`),
      'http://169.254.169.254/latest/meta-data/',
      'file:///etc/passwd',
      'gopher://127.0.0.1:6379/_FLUSHALL',
    ],
    visits,
    close() {
      server.close();
    },
  };
}
