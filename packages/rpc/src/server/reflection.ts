import { readFileSync } from 'node:fs';
import type { ServiceImplSpec } from '@connectrpc/connect';
import type { Server } from '@grpc/grpc-js';
import { loadFileDescriptorSetFromBuffer } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';

/** Adds `grpc.reflection.v1` for the implemented services, from the generated descriptor set. */
export function addReflection(
  server: Server,
  descriptorSet: string,
  implementations: readonly ServiceImplSpec[],
): void {
  const definitions = loadFileDescriptorSetFromBuffer(readFileSync(descriptorSet));
  const services = implementations.map(({ service }) => service.typeName);
  new ReflectionService(definitions, { services }).addToServer(server);
}
