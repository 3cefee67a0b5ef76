import { once } from 'node:events';
import { createServer } from 'node:http';
import { z } from 'zod';
import { readPlatform } from '../../../support/platform.ts';

const movement = z.looseObject({ id: z.string(), source: z.string(), amount: z.number() });
const page = z.looseObject({ data: z.array(movement), has_more: z.boolean() });

/** How the provider's books are told otherwise than they are; movements by the payment or refund that made them. */
export interface Lies {
  /** Left out: booked by payment, unknown to the provider. */
  readonly hidden: ReadonlySet<string>;
  /** Told with a penny more. */
  readonly altered: ReadonlySet<string>;
  /** Made up, in pence: known to the provider, never booked. */
  readonly invented: ReadonlyMap<string, number>;
}

/** The payment provider's ledger as told by somebody who lies; everything else is passed on. */
export interface LyingProvider {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts to lie on a free port. */
export async function startLyingProvider({ hidden, altered, invented }: Lies): Promise<LyingProvider> {
  const told = (text: string, isLookUp: boolean): string => {
    const { data, ...rest } = page.parse(JSON.parse(text));
    const kept = data
      .filter(({ source }) => !hidden.has(source))
      .map((each) => (altered.has(each.source) ? { ...each, amount: each.amount + 1 } : each));
    // They come last in the ledger; asked for by name, nothing of them is known.
    const made =
      isLookUp || rest.has_more
        ? []
        : [...invented].map(([source, amount]) => inventedMovement(source, amount));
    return JSON.stringify({ ...rest, data: [...kept, ...made] });
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', readPlatform().simulators['payment-provider']);
    fetch(url, { headers: { authorization: request.headers.authorization ?? '' } })
      .then(async (answer) => {
        const text = await answer.text();
        const isLedger = url.pathname === '/v1/balance_transactions' && answer.ok;
        response.writeHead(answer.status, { 'content-type': 'application/json' });
        response.end(isLedger ? told(text, url.searchParams.has('source')) : text);
      })
      .catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('nobody listens');
  return {
    url: `http://127.0.0.1:${address.port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function inventedMovement(source: string, amount: number): z.infer<typeof movement> {
  return {
    id: `txn_${source}`,
    object: 'balance_transaction',
    type: 'charge',
    source,
    payment_intent: source,
    amount,
    currency: 'gbp',
    created: Math.floor(Date.now() / 1_000),
  };
}
