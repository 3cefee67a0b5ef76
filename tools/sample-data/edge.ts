import { createHash } from 'node:crypto';
import type { DescService } from '@bufbuild/protobuf';
import { type Client, Code, ConnectError, createClient, type Interceptor } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';

/** The edge, spoken to in gRPC. */
export interface Edge {
  /** A client of a service, acting with an access token where one is given. */
  client<Desc extends DescService>(
    service: Desc,
    accessToken?: string | (() => Promise<string>),
  ): Client<Desc>;
}

/** How the duration of each answered call is told. */
export type OnCall = (method: string, milliseconds: number) => void;

/** Attempts of a call that the platform refuses for the moment (overload, restart). */
const ATTEMPTS = 10;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 3_000;
const CALL_MS = 60_000;
/** An idle connection is closed after this, so that it holds no program up. */
const IDLE_MS = 2_000;

/** Opens the edge. Calls are repeated while it is overloaded or away: reads by nature, writes by their request ids. */
export function openEdge(address: string, onCall: OnCall = () => undefined): Edge {
  const baseUrl = address.includes('://') ? address : `http://${address}`;
  const measure: Interceptor = (next) => async (request) => {
    for (let attempt = 1; ; attempt += 1) {
      const start = performance.now();
      try {
        const response = await next(request);
        onCall(request.method.name, performance.now() - start);
        return response;
      } catch (error) {
        if (attempt === ATTEMPTS || !isPassing(error)) throw error;
        await new Promise((resolve) =>
          setTimeout(resolve, Math.min(FIRST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS)),
        );
      }
    }
  };
  // One transport, hence one connection, for everybody: only the token differs from caller to caller.
  const transport = createGrpcTransport({
    baseUrl,
    interceptors: [measure],
    defaultTimeoutMs: CALL_MS,
    idleConnectionTimeoutMs: IDLE_MS,
  });
  return {
    client(service, accessToken) {
      if (accessToken === undefined) return createClient(service, transport);
      const authorised = async (header: ConstructorParameters<typeof Headers>[0]): Promise<Headers> => {
        const headers = new Headers(header);
        const token = typeof accessToken === 'string' ? accessToken : await accessToken();
        headers.set('authorization', `Bearer ${token}`);
        return headers;
      };
      return createClient(service, {
        unary: async (method, signal, timeoutMs, header, ...rest) =>
          transport.unary(method, signal, timeoutMs, await authorised(header), ...rest),
        stream: async (method, signal, timeoutMs, header, ...rest) =>
          transport.stream(method, signal, timeoutMs, await authorised(header), ...rest),
      });
    },
  };
}

/** Unknown is what Envoy leaves when an answer breaks off. */
const PASSING: readonly Code[] = [
  Code.Unavailable,
  Code.ResourceExhausted,
  Code.Aborted,
  Code.DeadlineExceeded,
  Code.Unknown,
];

function isPassing(error: unknown): boolean {
  return error instanceof ConnectError && PASSING.includes(error.code);
}

/** A UUID that always comes out the same for a text: request ids of work that must be done once, however often it is begun. */
export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
