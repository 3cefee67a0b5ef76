import { create, type DescMessage, type DescService, isMessage, type MessageShape } from '@bufbuild/protobuf';
import type { StreamResponse, Transport, UnaryResponse } from '@connectrpc/connect';
import { Client, credentials, type ServiceError } from '@grpc/grpc-js';
import { fromGrpcError } from '../errors/grpc-status.ts';
import { clientRecorder, type RecordCall } from '../metrics.ts';
import { serviceNameOf } from '../service-name.ts';
import { methodDefinition } from '../wire/method-definition.ts';
import { targetBreaker } from './breaker.ts';
import type {} from './headers-init.d.ts';
import { outgoing } from './outgoing.ts';
import { serviceConfig } from './service-config.ts';
import { openStream } from './streams.ts';
import { targetOf } from './target.ts';

const OK = 0;

/** How to reach one service. */
export interface TransportOptions {
  /** `host:port`, or several separated by commas. */
  readonly address: string;
  /** Mints this service's token for the called one; undefined outside the mesh (tests, tools). */
  readonly callerToken?: (callee: string) => string | Promise<string>;
}

/** A Connect transport over one grpc-js channel that lives as long as the process. */
export interface RpcTransport extends Transport {
  close(): void;
}

/** Opens the channel to a service. Calls get deadline, retries, breaker, trace and identity from here. */
export function rpcTransport(service: DescService, options: TransportOptions): RpcTransport {
  const name = serviceNameOf(service.typeName);
  const client = new Client(targetOf(options.address), credentials.createInsecure(), {
    'grpc.service_config': serviceConfig(service),
    'grpc.keepalive_time_ms': 60_000,
    'grpc.max_receive_message_length': 16 * 1024 * 1024,
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 2_000,
  });
  const breaker = targetBreaker(name);
  const methods = new Map(
    service.methods.map((method) => [
      method,
      { definition: methodDefinition(method), record: clientRecorder(service.typeName, method.name) },
    ]),
  );
  const lookUp = (
    method: DescService['methods'][number],
  ): { definition: ReturnType<typeof methodDefinition>; record: RecordCall } => {
    const known = methods.get(method);
    if (known === undefined) throw new TypeError(`${method.name} is not a method of ${service.typeName}`);
    return known;
  };

  return {
    async unary(
      method,
      signal,
      timeoutMs,
      header,
      input,
    ): Promise<UnaryResponse<typeof method.input, typeof method.output>> {
      const { definition, record } = lookUp(method);
      const token = await options.callerToken?.(name);
      const startedAt = performance.now();
      const call = outgoing(method, token, header, timeoutMs, signal);
      const request = isMessage(input, method.input) ? input : create(method.input, input);
      let code = OK;
      try {
        const message = await breaker.execute(
          () =>
            new Promise<MessageShape<typeof method.output>>((resolve, reject) => {
              const abort = (): void => grpcCall.cancel();
              const grpcCall = client.makeUnaryRequest(
                definition.path,
                definition.requestSerialize,
                definition.responseDeserialize,
                request,
                call.metadata,
                { deadline: call.deadline },
                (error: ServiceError | null, reply?: object) => {
                  call.signal?.removeEventListener('abort', abort);
                  if (error !== null) reject(fromGrpcError(error));
                  else if (isReply(reply, method.output)) resolve(reply);
                  else reject(new TypeError(`${definition.path} answered with another type`));
                },
              );
              if (call.signal?.aborted) abort();
              else call.signal?.addEventListener('abort', abort, { once: true });
            }),
        );
        return { stream: false, service, method, header: new Headers(), trailer: new Headers(), message };
      } catch (error) {
        code = codeOf(error);
        throw error;
      } finally {
        call.span.end(code);
        record(code, (performance.now() - startedAt) / 1_000);
      }
    },

    async stream(
      method,
      signal,
      timeoutMs,
      header,
      input,
    ): Promise<StreamResponse<typeof method.input, typeof method.output>> {
      const { definition } = lookUp(method);
      const call = outgoing(method, await options.callerToken?.(name), header, timeoutMs, signal);
      const message = openStream(client, method, definition, call, input);
      return { stream: true, service, method, header: new Headers(), trailer: new Headers(), message };
    },

    close: () => client.close(),
  };
}

function isReply<Desc extends DescMessage>(reply: unknown, schema: Desc): reply is MessageShape<Desc> {
  return isMessage(reply, schema);
}

function codeOf(error: unknown): number {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : 2;
}
