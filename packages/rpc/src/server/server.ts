import { promisify } from 'node:util';
import type { ServiceImplSpec } from '@connectrpc/connect';
import {
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import { methodDefinition } from '../wire/method-definition.ts';
import { grpcHandler } from './handlers.ts';
import { createPipeline, type PipelineOptions } from './pipeline.ts';
import { addReflection } from './reflection.ts';
import { warmValidation } from './validation.ts';

const MIB = 1024 * 1024;

/** Settings of a server. */
export interface RpcServerOptions extends PipelineOptions {
  readonly implementations: readonly ServiceImplSpec[];
  /** Serve gRPC reflection to the mesh (the edge does not expose it). Path of the descriptor set. */
  readonly descriptorSet?: string;
  /** How old a connection may grow before its clients are asked to reconnect, so that new replicas get traffic. */
  readonly maxConnectionAgeMs?: number;
}

/** A gRPC server of protobuf-es contracts. */
export interface RpcServer {
  /** Listens; resolves to the port (the one asked for, or a free one for 0). */
  listen(host: string, port: number): Promise<number>;
  /** Says in `grpc.health.v1` whether the service takes calls. */
  setServing(serving: boolean): void;
  /** Takes no new calls, lets running ones end, and cuts what is left after `graceMs`. */
  drain(graceMs: number): Promise<void>;
}

/** Makes a server; calls go through the pipeline to the implementations. */
export function createRpcServer(options: RpcServerOptions): RpcServer {
  const pipeline = createPipeline(options);
  const server = new Server({
    'grpc.max_connection_age_ms': options.maxConnectionAgeMs ?? 600_000,
    'grpc.max_connection_age_grace_ms': 30_000,
    'grpc.keepalive_time_ms': 60_000,
    'grpc.max_concurrent_streams': 1_000,
    'grpc.max_receive_message_length': 4 * MIB,
    'grpc.max_send_message_length': 16 * MIB,
  });
  const health = new HealthImplementation({ '': 'NOT_SERVING' });
  health.addToServer(server);
  for (const { service, methods } of options.implementations) {
    const definition: Record<string, ServiceDefinition[string]> = {};
    const handlers: UntypedServiceImplementation = {};
    for (const spec of Object.values(methods)) {
      definition[spec.method.localName] = methodDefinition(spec.method);
      handlers[spec.method.localName] = grpcHandler(spec, pipeline);
    }
    server.addService(definition, handlers);
    health.setStatus(service.typeName, 'NOT_SERVING');
    warmValidation(service.methods);
  }
  if (options.descriptorSet !== undefined)
    addReflection(server, options.descriptorSet, options.implementations);

  return {
    listen: (host, port) =>
      promisify(server.bindAsync.bind(server))(`${host}:${port}`, ServerCredentials.createInsecure()),
    setServing(serving) {
      const status = serving ? 'SERVING' : 'NOT_SERVING';
      health.setStatus('', status);
      for (const { service } of options.implementations) health.setStatus(service.typeName, status);
    },
    async drain(graceMs) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => {
          server.forceShutdown();
          resolve();
        }, graceMs);
        server.tryShutdown(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    },
  };
}
