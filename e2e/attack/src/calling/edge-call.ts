import type {
  DescMessage,
  DescMethod,
  DescMethodStreaming,
  DescMethodUnary,
  Message,
} from '@bufbuild/protobuf';
import { toBinary } from '@bufbuild/protobuf';
import { ConnectError, type Transport } from '@connectrpc/connect';
import { createGrpcTransport, createGrpcWebTransport, Http2SessionManager } from '@connectrpc/connect-node';
import { ErrorInfoSchema } from '@souk/gen/google/rpc/error_details_pb';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { MethodContract } from '../../../../tools/generate/contract/contract.ts';
import { readPlatform } from '../../../support/platform.ts';
import { rest } from '../../../support/rest.ts';
import { type Answer, codeName, isToBeAskedAgain, type Protocol } from './answer.ts';
import { restRequest } from './rest-request.ts';

/** How a call is made. */
export interface CallOptions {
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Asks only once, however busy the platform is. */
  readonly once?: boolean;
}

/** A stream that says nothing for this long was let in. */
const SILENCE_MS = 1_000;
const PATIENCE_MS = 75_000;

const connections = new Map<string, Http2SessionManager>();

/** Closes the connections that attacks have opened. */
export function hangUp(): void {
  for (const connection of connections.values()) connection.abort();
  connections.clear();
}

/**
 * Calls an RPC through the edge. A platform that is busy, or a limit of the edge, is waited for, unless told otherwise:
 * what is attacked here is something else.
 */
export async function callEdge(
  protocol: Protocol,
  method: MethodContract,
  message: Message,
  options: CallOptions = {},
): Promise<Answer> {
  const until = Date.now() + PATIENCE_MS;
  for (let turn = 0; ; turn += 1) {
    const answer =
      protocol === 'REST'
        ? await callRest(method, message, options)
        : await callGrpc(protocol, method, message, options);
    const isLimit = answer.code === 'RESOURCE_EXHAUSTED';
    const mayAskAgain = isToBeAskedAgain(answer) && (isLimit || turn < 3) && Date.now() < until;
    if (options.once === true || !mayAskAgain) return answer;
    await sleep(isLimit ? Math.min(2_000, 200 * (turn + 1)) : 500);
  }
}

const errorShape = z.object({
  code: z.number(),
  message: z.string().default(''),
  details: z.array(z.looseObject({ reason: z.string().optional() })).default([]),
});

async function callRest(method: MethodContract, message: Message, options: CallOptions): Promise<Answer> {
  const { verb, path, body } = restRequest(method, message);
  const headers = { ...options.headers, ...(method.serverStreaming ? { accept: 'application/json' } : {}) };
  const call = rest(verb, path, { token: options.token, headers, ...(body === undefined ? {} : { body }) });
  const silence = { status: 200, text: '' };
  const reply = await (method.serverStreaming ? Promise.race([call, sleep(SILENCE_MS, silence)]) : call);
  if (reply.status === 200) return { code: 'OK', reason: '', text: reply.text };
  return restError(reply.status, reply.text);
}

/** Reads an error in the shape that the edge promises. */
export function restError(status: number, text: string): Answer {
  const error = errorShape.safeParse(parseJson(text));
  if (!error.success || status >= 600) return { code: 'GARBLED', reason: `HTTP ${String(status)}`, text };
  const reason = error.data.details.find((detail) => detail.reason !== undefined)?.reason ?? '';
  // The edge says of what it does not route what gRPC calls UNIMPLEMENTED.
  if (reason === 'ROUTE_NOT_FOUND') return { code: 'UNIMPLEMENTED', reason, text };
  return { code: codeName(error.data.code), reason, text };
}

async function callGrpc(
  protocol: 'gRPC' | 'gRPC-web',
  { desc }: MethodContract,
  message: Message,
  { token, headers }: CallOptions,
): Promise<Answer> {
  const transport = transportOf(protocol);
  const sent = { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
  try {
    if (isUnary(desc)) {
      const { message: reply } = await transport.unary(desc, undefined, 15_000, sent, message);
      return served(desc.output, reply);
    }
    if (!isStreaming(desc)) throw new Error(`${desc.name} is neither unary nor streaming`);
    const silence = AbortSignal.timeout(SILENCE_MS);
    const opened = await transport.stream(desc, silence, undefined, sent, listOf(message));
    for await (const reply of opened.message) return served(desc.output, reply);
    return { code: 'OK', reason: '', text: '' };
  } catch (thrown) {
    const error = ConnectError.from(thrown);
    const code = codeName(error.code);
    if (desc.methodKind !== 'unary' && (code === 'CANCELED' || code === 'DEADLINE_EXCEEDED')) {
      return { code: 'OK', reason: '', text: '' };
    }
    return { code, reason: error.findDetails(ErrorInfoSchema)[0]?.reason ?? '', text: error.message };
  }
}

function served(schema: DescMessage, reply: Message): Answer {
  // Strings are in the encoding as they are, whatever the message is.
  return { code: 'OK', reason: '', text: Buffer.from(toBinary(schema, reply)).toString('latin1') };
}

function transportOf(protocol: 'gRPC' | 'gRPC-web'): Transport {
  const { edge: baseUrl } = readPlatform();
  if (protocol === 'gRPC-web') return createGrpcWebTransport({ baseUrl, httpVersion: '1.1' });
  const sessionManager = connections.get(baseUrl) ?? new Http2SessionManager(baseUrl);
  connections.set(baseUrl, sessionManager);
  return createGrpcTransport({ baseUrl, sessionManager });
}

async function* listOf(message: Message): AsyncIterable<Message> {
  yield message;
}

function isUnary(method: DescMethod): method is DescMethodUnary {
  return method.methodKind === 'unary';
}

function isStreaming(method: DescMethod): method is DescMethodStreaming {
  return method.methodKind !== 'unary';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
