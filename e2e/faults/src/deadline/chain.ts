import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Children, Lane } from '../rig/children.ts';
import { HOPS, hop, type Sighting, sighting, VARIABLES } from './hops.ts';

/** Four processes that call each other in a row. */
export interface Chain {
  /** Where the first serves gRPC. */
  readonly address: string;
  /** What all of them saw since the last look. */
  take(): Sighting[];
  close(): Promise<void>;
}

/** Starts the chain. */
export async function startChain(children: Children): Promise<Chain> {
  let seen: Sighting[] = [];
  const collector = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      seen.push(sighting.parse(JSON.parse(Buffer.concat(chunks).toString())));
      response.end();
    });
  });
  collector.listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const address = collector.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  let next = '';
  let nextService = '';
  const links: Lane[] = [];
  for (const name of [...hop.options].reverse()) {
    const environment = {
      [VARIABLES.hop]: name,
      [VARIABLES.collector]: `http://127.0.0.1:${port}/`,
      ...(next === '' ? {} : { [`SOUK_${nextService.toUpperCase()}_ADDRESS`]: next }),
    };
    const link = await children.lane(HOPS[name], environment, 'e2e/faults/src/deadline/hop.ts');
    links.push(link);
    [next, nextService] = [link.address, HOPS[name]];
  }
  await Promise.all(links.map((link) => link.start()));
  return {
    address: next,
    take() {
      const taken = seen;
      seen = [];
      return taken;
    },
    async close() {
      collector.closeAllConnections();
      collector.close();
      await once(collector, 'close');
    },
  };
}
