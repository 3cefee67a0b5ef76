import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { register } from 'prom-client';

/** Answers one plain HTTP request on the ops port. */
export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** The plain HTTP side of a service: metrics, liveness, readiness, and what cannot be an RPC (a JWKS document). */
export interface OpsServer {
  handle(method: string, path: string, handler: HttpHandler): void;
  listen(host: string, port: number): Promise<number>;
  close(): Promise<void>;
}

/** Makes the ops server. `ready` lists the dependencies that cannot be used now; empty means ready. */
export function createOpsServer(ready: () => Promise<readonly string[]>): OpsServer {
  const routes = new Map<string, HttpHandler>();
  routes.set('GET /metrics', async (_request, response) => {
    const body = await register.metrics();
    response.writeHead(200, { 'content-type': register.contentType }).end(body);
  });
  routes.set('GET /livez', (_request, response) => void response.writeHead(200).end('ok\n'));
  routes.set('GET /readyz', async (_request, response) => {
    const missing = await ready();
    response
      .writeHead(missing.length === 0 ? 200 : 503)
      .end(missing.length === 0 ? 'ok\n' : `${missing.join('\n')}\n`);
  });

  const dispatch = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = (request.url ?? '/').split('?', 1)[0];
    const handler = routes.get(`${request.method} ${path}`);
    if (handler === undefined) response.writeHead(404).end();
    else await handler(request, response);
  };

  const server = createServer((request, response) => {
    dispatch(request, response).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  server.requestTimeout = 5_000;

  return {
    handle: (method, path, handler) => routes.set(`${method} ${path}`, handler),
    listen: (host, port) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          const address = server.address();
          resolve(typeof address === 'object' && address !== null ? address.port : port);
        });
      }),
    close: async () => {
      server.closeAllConnections();
      await promisify(server.close.bind(server))();
    },
  };
}
