import { runTool } from '../sources/run-tool.ts';
import type { Session } from '../session.ts';
import type { EngineName } from './engine.ts';
import type { EngineAddresses } from './native.ts';

/** True when a Docker engine answers; a client without an engine is common. */
export async function dockerWorks(): Promise<boolean> {
  return runTool('docker', ['info', '--format', '{{.ServerVersion}}']).then(
    (version) => /^\d/.test(version.trim()),
    () => false,
  );
}

/** Starts engines from `compose.yaml` on the profile's ports; they keep their data in named volumes. */
export async function startDocker(
  session: Session,
  engines: readonly EngineName[],
): Promise<Partial<EngineAddresses>> {
  const { profile, ports, secrets } = session;
  const env = {
    SOUK_ENGINE_PASSWORD: secrets.of('docker'),
    SOUK_POSTGRES_PORT: String(ports.of('postgres')),
    SOUK_MONGODB_PORT: String(ports.of('mongodb')),
    SOUK_REDIS_PORT: String(ports.of('redis')),
    SOUK_KAFKA_PORT: String(ports.of('kafka')),
    SOUK_RABBITMQ_PORT: String(ports.of('rabbitmq')),
    SOUK_ELASTICSEARCH_PORT: String(ports.of('elasticsearch')),
  };
  const compose = ['compose', '-p', `souk-${profile.name}`, '-f', `${profile.root}/compose.yaml`];
  session.ended.addEventListener('abort', () => {
    void runTool('docker', [...compose, 'stop'], { env }).catch(() => undefined);
  });
  await session.progress.step('start engines in Docker', () =>
    runTool('docker', [...compose, 'up', '-d', '--wait', ...engines], { env }),
  );
  const password = secrets.of('docker');
  const at = (name: EngineName): string => `127.0.0.1:${String(ports.of(name))}`;
  return {
    postgres: `postgres://souk:${password}@${at('postgres')}`,
    mongodb: `mongodb://souk:${password}@${at('mongodb')}/?authSource=admin`,
    redis: `redis://:${password}@${at('redis')}`,
    kafka: at('kafka'),
    rabbitmq: `amqp://souk:${password}@${at('rabbitmq')}`,
    elasticsearch: `http://${at('elasticsearch')}`,
  };
}
