import type { DescService } from '@bufbuild/protobuf';
import type { Client, ServiceImplSpec } from '@connectrpc/connect';
import type { ServiceHost } from '@souk/kernel';
import type { MeshIdentity, Revocations, VerifyAccessToken } from '@souk/rpc';
import type { z } from 'zod';
import type { HttpHandler } from './ops-server.ts';
import type { Work } from './worker.ts';

/** What a service's composition root gets: its settings, and everything it needs to reach the world. */
export interface ServiceContext<Config> extends ServiceHost {
  /** The service's own settings. */
  readonly config: Config;
  /** Where tokens say they come from (`iss`). */
  readonly issuer: string;
  /** The service's key and the mesh's public keys: signs quotes and grants, verifies those of others. */
  readonly mesh: MeshIdentity;
  /** Verifies an access token other than the call's own, for example that of the guest whose cart an account takes over. */
  readonly verifyAccessToken: VerifyAccessToken;
  /** Access tokens that ended early. Followed from identity; identity fills its own. */
  readonly revocations: Revocations;
  /** A typed client of another service of the mesh; one channel per service for the life of the process. */
  client<Desc extends DescService>(service: Desc): Client<Desc>;
  /** Serves a plain HTTP request on the ops port. */
  http(method: 'GET' | 'POST', path: string, handler: HttpHandler): void;
  /** Runs background work until the service stops; restarts it with back-off when it throws. */
  worker(name: string, work: Work): void;
  /** A secret for one purpose (page tokens, key encryption), derived from the platform's; 32 bytes in hex. */
  secret(purpose: string): string;
}

/** What a started service serves. */
export interface StartedService {
  readonly rpc: readonly ServiceImplSpec[];
}

/** A service: its name, its settings, and how it is put together. */
export interface ServiceDefinition<Shape extends z.ZodRawShape = z.ZodRawShape> {
  /** Lower-case name, the same as its folder and protobuf package. */
  readonly name: string;
  /** Settings read from `SOUK_<NAME>_<KEY>`. */
  readonly config: z.ZodObject<Shape>;
  /** The composition root: opens adapters, builds use cases, binds handlers. Connections come before `rpc` is served. */
  start(context: ServiceContext<z.infer<z.ZodObject<Shape>>>): Promise<StartedService>;
}

/** States what a service is. Nothing runs until `runService` or a test starts it. */
export function defineService<Shape extends z.ZodRawShape>(
  definition: ServiceDefinition<Shape>,
): ServiceDefinition<Shape> {
  return definition;
}
