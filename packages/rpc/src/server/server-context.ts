import { createHash } from 'node:crypto';
import { clone, type DescMethod, type DescService, type Message, toBinary } from '@bufbuild/protobuf';
import { type ContextValues, createContextValues, type HandlerContext } from '@connectrpc/connect';
import type { Metadata } from '@grpc/grpc-js';
import { newId } from '@souk/kernel';
import { anonymous, type Call, type Principal } from '../call.ts';
import { policyOf } from '../policy.ts';
import { type CallSpan, startSpan } from '../spans.ts';

/** What the context needs of a grpc-js server call, unary or streaming. */
export interface GrpcCall {
  readonly metadata: Metadata;
  readonly cancelled: boolean;
  getDeadline(): Date | number;
  once(event: 'cancelled', listener: () => void): unknown;
}

/**
 * The context of one call: Connect's `HandlerContext` and Souk's `Call` in one object. Everything that few handlers
 * ask for (headers, the abort signal, the request's hash) is made on first use, because this object is on the path
 * of every call.
 */
export class ServerContext implements HandlerContext, Call {
  readonly method: DescMethod;
  readonly requestMethod = 'POST';
  readonly protocolName = 'grpc';
  readonly requestId: string;
  readonly span: CallSpan;
  readonly deadline: number;
  principal: Principal = anonymous;
  caller: string | undefined;
  accessToken: string | undefined;
  /** The request of a unary or server-streaming call, for its fingerprint. */
  request: Message | undefined;
  readonly metadata: Metadata;
  readonly #call: GrpcCall;
  #controller: AbortController | undefined;
  #fingerprint: string | undefined;
  #values: ContextValues | undefined;
  #requestHeader: Headers | undefined;
  #responseHeader: Headers | undefined;
  #responseTrailer: Headers | undefined;

  constructor(method: DescMethod, call: GrpcCall) {
    this.method = method;
    this.#call = call;
    this.metadata = call.metadata;
    this.requestId = this.header('x-request-id') ?? newId();
    this.span = startSpan('server', this.url, this.header('traceparent'));
    // The edge sends no grpc-timeout: the contract bounds the call where the caller does not.
    const { timeoutMs = Number.POSITIVE_INFINITY } = policyOf(method);
    this.deadline = Math.min(Number(call.getDeadline()), Date.now() + timeoutMs);
  }

  /** The first value of an incoming text header. */
  header(name: string): string | undefined {
    const [value] = this.metadata.get(name);
    return typeof value === 'string' ? value : undefined;
  }

  get traceparent(): string {
    return this.span.traceparent;
  }

  get service(): DescService {
    return this.method.parent;
  }

  get url(): string {
    return `/${this.method.parent.typeName}/${this.method.name}`;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      const controller = new AbortController();
      this.#controller = controller;
      if (this.#call.cancelled) controller.abort();
      else this.#call.once('cancelled', () => controller.abort());
    }
    return this.#controller.signal;
  }

  timeoutMs(): number | undefined {
    return Number.isFinite(this.deadline) ? Math.max(0, this.deadline - Date.now()) : undefined;
  }

  get fingerprint(): string {
    this.#fingerprint ??= this.request === undefined ? '' : fingerprintOf(this.method, this.request);
    return this.#fingerprint;
  }

  get values(): ContextValues {
    this.#values ??= createContextValues();
    return this.#values;
  }

  get requestHeader(): Headers {
    this.#requestHeader ??= new Headers(
      Object.entries(this.metadata.getMap()).flatMap(([key, value]): [string, string][] =>
        typeof value === 'string' ? [[key, value]] : [],
      ),
    );
    return this.#requestHeader;
  }

  get responseHeader(): Headers {
    this.#responseHeader ??= new Headers();
    return this.#responseHeader;
  }

  get responseTrailer(): Headers {
    this.#responseTrailer ??= new Headers();
    return this.#responseTrailer;
  }

  /** Response headers that a handler set; undefined when it set none. */
  get sentHeader(): Headers | undefined {
    return this.#responseHeader;
  }
}

function fingerprintOf(method: DescMethod, request: Message): string {
  const copy = clone(method.input, request);
  if (method.input.field['requestId'] !== undefined) Reflect.set(copy, 'requestId', '');
  return createHash('sha256').update(toBinary(method.input, copy)).digest('hex');
}
