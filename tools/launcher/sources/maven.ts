import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { FillTarget } from '../cache/cache.ts';
import { runTool } from './run-tool.ts';

const PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1';

/**
 * Runs one goal of Maven's dependency plugin on a project description.
 *
 * Checksums are strict. The local repository lies in the entry's work folder: it resumes an interrupted download and
 * leaves nothing in the user's own repository.
 */
export async function runMaven(
  target: FillTarget,
  pom: string,
  goal: string,
  settings: readonly string[],
): Promise<void> {
  const file = path.join(target.work, 'pom.xml');
  await writeFile(file, pom);
  await runTool(
    'mvn',
    [
      '-q',
      '-B',
      '--strict-checksums',
      '-f',
      file,
      `-Dmaven.repo.local=${path.join(target.work, 'repository')}`,
      `${PLUGIN}:${goal}`,
      ...settings,
    ],
    { env: { MAVEN_OPTS: '-Xmx384m -XX:+UseSerialGC -XX:TieredStopAtLevel=1' } },
  );
}
