import { createHmac } from 'node:crypto';
import { createClient } from '@connectrpc/connect';
import { IdentityService } from '@souk/gen/souk/identity/v1/identity_service_pb';
import { systemClock } from '@souk/kernel';
import {
  accessTokenVerifier,
  authenticator,
  createRpcServer,
  loadMeshIdentity,
  Revocations,
  type RpcTransport,
  remoteKeys,
  rpcTransport,
  serviceNameOf,
} from '@souk/rpc';
import type { z } from 'zod';
import type { ServiceContext, ServiceDefinition } from './define-service.ts';
import { addressOf, type Environment, readPlatformConfig, readServiceConfig } from './environment.ts';
import { followRevocations } from './follow-revocations.ts';
import { createHealth } from './health.ts';
import { createLifecycle } from './lifecycle.ts';
import { createLog } from './log.ts';
import { createOpsServer } from './ops-server.ts';
import { startTracing } from './tracing.ts';
import { startWorker } from './worker.ts';

/** A service that runs. */
export interface RunningService {
  readonly grpcPort: number;
  readonly opsPort: number;
  /** Refuses new calls, lets running ones end, stops workers, closes connections. Safe to call twice. */
  stop(): Promise<void>;
}

/** Starts a service with the settings of an environment, and serves when its dependencies can be used. */
export async function startService<Shape extends z.ZodRawShape>(
  definition: ServiceDefinition<Shape>,
  env: Environment,
): Promise<RunningService> {
  const { name } = definition;
  const platform = readPlatformConfig(env);
  const config = readServiceConfig(name, definition.config, env);
  const log = createLog(name, platform.SOUK_LOG_LEVEL);
  const lifecycle = createLifecycle(log);
  const mesh = await loadMeshIdentity(name, platform.SOUK_MESH_KEY, platform.SOUK_MESH_JWKS);
  const revocations = new Revocations(platform.SOUK_REVOCATION_GRACE_S * 1_000);
  const verifyAccessToken = accessTokenVerifier(
    remoteKeys(platform.SOUK_JWKS_URL),
    platform.SOUK_ISSUER,
    revocations,
  );
  const health = createHealth();
  const ops = createOpsServer(() => health.failing());
  const transports = new Map<string, RpcTransport>();
  await startTracing(name, platform.OTEL_EXPORTER_OTLP_ENDPOINT, lifecycle);

  const context: ServiceContext<z.infer<z.ZodObject<Shape>>> = {
    name,
    namespace: platform.SOUK_NAMESPACE,
    log,
    clock: systemClock,
    config,
    issuer: platform.SOUK_ISSUER,
    mesh,
    verifyAccessToken,
    revocations,
    engines: {
      postgres: platform.SOUK_POSTGRES_URL,
      mongodb: platform.SOUK_MONGODB_URL,
      redis: platform.SOUK_REDIS_URL,
      kafka: platform.SOUK_KAFKA_BROKERS.split(','),
      rabbitmq: platform.SOUK_RABBITMQ_URL,
      elasticsearch: platform.SOUK_ELASTICSEARCH_URL,
    },
    onStop: lifecycle.onStop,
    healthCheck: health.add,
    client(service) {
      let transport = transports.get(service.typeName);
      if (transport === undefined) {
        transport = rpcTransport(service, {
          address: addressOf(serviceNameOf(service.typeName), env),
          callerToken: mesh.callerToken,
        });
        transports.set(service.typeName, transport);
        const { close } = transport;
        lifecycle.onStop('connections', () => Promise.resolve(close()));
      }
      return createClient(service, transport);
    },
    http: ops.handle,
    worker: (workerName, work) => lifecycle.onStop('workers', startWorker(log, workerName, work)),
    secret: (purpose) =>
      createHmac('sha256', platform.SOUK_SECRET).update(`${name}:${purpose}`).digest('hex'),
  };

  try {
    // The ops port answers first: identity serves its keys there, and probes want a "not ready yet".
    const opsPort = await ops.listen(platform.SOUK_BIND_HOST, platform.SOUK_OPS_PORT);
    lifecycle.onStop('connections', ops.close);
    const { rpc } = await definition.start(context);
    // Identity itself is the source and fills its own list.
    if (name !== serviceNameOf(IdentityService.typeName)) {
      const identity = context.client(IdentityService);
      context.worker('revocations', (signal) => followRevocations(identity, revocations, log, signal));
    }
    const server = createRpcServer({
      implementations: rpc,
      authenticate: authenticator(verifyAccessToken, mesh),
      log,
      maxInFlight: platform.SOUK_MAX_IN_FLIGHT,
    });
    lifecycle.onStop('intake', async () => {
      // Load balancers need a moment to see NOT_SERVING before connections are refused.
      server.setServing(false);
      await new Promise((resolve) => setTimeout(resolve, platform.SOUK_DRAIN_DELAY_MS));
      await server.drain(platform.SOUK_DRAIN_GRACE_MS);
    });
    const grpcPort = await server.listen(platform.SOUK_BIND_HOST, platform.SOUK_GRPC_PORT);
    const stopWatching = health.whenReady(() => server.setServing(true));
    lifecycle.onStop('intake', () => Promise.resolve(stopWatching()));
    log.info(
      { grpc_port: grpcPort, ops_port: opsPort, startup_ms: Math.round(process.uptime() * 1_000) },
      'the service is up',
    );
    return { grpcPort, opsPort, stop: lifecycle.stop };
  } catch (error) {
    await lifecycle.stop();
    throw error;
  }
}
