import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Cache } from '../cache/cache.ts';
import { acceptsTcp, waitUntil } from '../processes/health.ts';
import { runMaven } from '../sources/maven.ts';
import { runTool } from '../sources/run-tool.ts';
import { findJava } from '../toolchain.ts';
import type { EngineContext, NativeEngine } from './engine.ts';

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>souk</groupId><artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>4.4.0</version></dependency>
    <dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>2.25.5</version></dependency>
  </dependencies>
</project>
`;

const LOGGING = `status=warn
appender.console.type=Console
appender.console.name=STDOUT
appender.console.layout.type=PatternLayout
appender.console.layout.pattern=[%d] %p %m (%c)%n
rootLogger.level=WARN
rootLogger.appenderRef.stdout.ref=STDOUT
`;

/** Kafka 4 as one broker that is its own controller (KRaft). */
export const kafka: NativeEngine = {
  name: 'kafka',
  async fetch(cache) {
    await Promise.all([libraries(cache), findJava(cache)]);
  },
  async start(context) {
    const [jars, java] = await Promise.all([libraries(context.cache), findJava(context.cache)]);
    const port = context.ports.of('kafka');
    const folder = path.join(context.profile.data, 'kafka');
    const data = path.join(folder, 'data');
    const properties = path.join(folder, 'server.properties');
    const logging = path.join(folder, 'log4j2.properties');
    await mkdir(folder, { recursive: true });
    await writeFile(properties, toProperties(serverProperties(context, data)));
    await writeFile(logging, LOGGING);
    const base = [
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      `-Dlog4j2.configurationFile=file:${logging}`,
      '-cp',
      `${jars}/*`,
    ];
    if (!existsSync(path.join(data, 'meta.properties'))) {
      const format = ['format', '--ignore-formatted', `--cluster-id=${clusterId()}`, '--config', properties];
      await runTool(java, ['-Xmx128m', ...base, 'kafka.tools.StorageTool', ...format]);
    }
    context.supervisor.start({
      name: 'kafka',
      kind: 'engine',
      command: java,
      args: [
        '-Xms96m',
        '-Xmx320m',
        '-XX:MaxMetaspaceSize=128m',
        '-XX:ReservedCodeCacheSize=64m',
        '-XX:+ExitOnOutOfMemoryError',
        '-Djava.awt.headless=true',
        ...base,
        'kafka.Kafka',
        properties,
      ],
      cwd: folder,
      restart: true,
    });
    // The broker opens its port to clients only once it is unfenced.
    await waitUntil('kafka', () => acceptsTcp(port), {
      timeoutMs: 90_000,
      isGone: () => context.supervisor.whyGone('kafka'),
    });
    return `127.0.0.1:${String(port)}`;
  },
};

async function libraries(cache: Cache): Promise<string> {
  return cache.entry('kafka-4.4.0', (target) =>
    runMaven(target, POM, 'copy-dependencies', ['-DincludeScope=runtime', `-DoutputDirectory=${target.out}`]),
  );
}

function serverProperties(context: EngineContext, data: string): Record<string, string | number> {
  const port = String(context.ports.of('kafka'));
  const controller = String(context.ports.of('kafka-controller'));
  return {
    'process.roles': 'broker,controller',
    'node.id': 1,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    'log.dirs': data,
    'num.partitions': 3,
    'default.replication.factor': 1,
    'min.insync.replicas': 1,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 5,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 5,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 5,
    'group.initial.rebalance.delay.ms': 0,
    'auto.create.topics.enable': 'false',
    'num.network.threads': 2,
    'num.io.threads': 4,
    'background.threads': 2,
    'num.recovery.threads.per.data.dir': 2,
    // Facts are kept: any read model can be rebuilt from its topic.
    'log.retention.hours': -1,
    'log.segment.bytes': 67_108_864,
    'log.index.size.max.bytes': 1_048_576,
    'log.cleaner.dedupe.buffer.size': 16_777_216,
  };
}

function toProperties(settings: Record<string, string | number>): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${String(value)}\n`)
    .join('');
}

/** 16 random bytes; a leading dash would be read as an option. */
function clusterId(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? `A${id.slice(1)}` : id;
}
