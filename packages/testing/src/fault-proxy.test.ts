import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';

let server: Server;
let proxy: FaultProxy;
/** What the server has received. */
const received: string[] = [];

beforeAll(async () => {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => {
      received.push(bytes.toString());
      socket.write(`done ${bytes.toString()}`);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  proxy = await startFaultProxy({ host: '127.0.0.1', port: address.port });
});

afterEach(() => proxy.heal());

afterAll(async () => {
  await proxy.close();
  server.close();
});

/** What comes back for a message; undefined when the connection ends without an answer. */
async function ask(message: string): Promise<string | undefined> {
  const socket = connect(proxy.port, '127.0.0.1');
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  socket.once('data', (bytes: Buffer) => resolve(bytes.toString()));
  socket.once('close', () => resolve(undefined));
  socket.once('error', () => resolve(undefined));
  socket.write(message);
  const answer = await promise;
  socket.destroy();
  return answer;
}

describe('startFaultProxy', () => {
  it('passes on what it is given', async () => {
    await expect(ask('one')).resolves.toBe('done one');
  });

  it('drops the reply of work that was done, as often as told', async () => {
    let dropped = 0;
    proxy.dropReplies(1, () => (dropped += 1));
    await expect(ask('two')).resolves.toBeUndefined();
    expect(received).toContain('two');
    expect(dropped).toBe(1);
    await expect(ask('three')).resolves.toBe('done three');
  });

  it('cuts connections and takes none while partitioned', async () => {
    const socket = connect(proxy.port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write('four');
    await once(socket, 'data');
    expect(proxy.cut()).toBe(1);
    await once(socket, 'close');
    proxy.partition();
    await expect(ask('five')).resolves.toBeUndefined();
    expect(received).not.toContain('five');
    proxy.heal();
    await expect(ask('six')).resolves.toBe('done six');
  });

  it('keeps the order of what it delays', async () => {
    proxy.delay(20);
    const seen: string[] = [];
    proxy.onRequest((bytes) => seen.push(bytes.toString()));
    await expect(ask('seven')).resolves.toBe('done seven');
    expect(seen).toEqual(['seven']);
  });
});
