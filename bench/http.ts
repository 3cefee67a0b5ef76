import { Pool } from 'undici';

/** A JSON client over kept-alive connections; cheap enough to measure servers with. */
export interface JsonClient {
  /** The body of a successful answer, unparsed. Rejects on anything but 2xx with status and body. */
  call(method: 'GET' | 'POST', path: string, options?: { token?: string; body?: object }): Promise<string>;
  close(): Promise<void>;
}

/** Opens a client with at most `connections` connections. */
export function jsonClient(origin: string, connections: number): JsonClient {
  const pool = new Pool(origin, { connections, pipelining: 1 });
  return {
    async call(method, path, { token, body } = {}) {
      const answer = await pool.request({
        method,
        path,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: body === undefined ? null : JSON.stringify(body),
      });
      const text = await answer.body.text();
      if (answer.statusCode >= 300)
        throw new Error(`${method} ${path} answered ${answer.statusCode}: ${text.slice(0, 500)}`);
      return text;
    },
    close: () => pool.close(),
  };
}
