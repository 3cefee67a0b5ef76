import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { nodeEnvironment } from '../environment.ts';
import { killGroup } from '../processes/supervisor.ts';
import type { Session } from '../session.ts';
import { runTool } from '../sources/run-tool.ts';

/** What the selected test files need to run. */
export interface TestNeeds {
  readonly files: number;
  readonly engines: boolean;
  readonly platform: boolean;
  /** Arguments for each run of jest: what kills parts of the platform runs after all that uses it. */
  readonly runs: readonly (readonly string[])[];
}

/** Numbers of tests; a file that could not be run counts as one failed test. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
}

/** Looks at which files jest would run for these arguments. */
export async function testNeeds(root: string, args: readonly string[]): Promise<TestNeeds> {
  const listed = await runTool(
    process.execPath,
    [jestPath(root), '--listTests', '--json', '--passWithNoTests', ...args],
    {
      cwd: root,
      env: jestEnvironment(root),
    },
  );
  const parsed: unknown = JSON.parse(listed.trim().split('\n').at(-1) ?? '[]');
  const files = (Array.isArray(parsed) ? parsed : []).map((file) => path.relative(root, String(file)));
  const faults = files.filter((file) => path.dirname(file) === path.join('e2e', 'faults'));
  const others = files.filter((file) => !faults.includes(file));
  const isUnit = (file: string): boolean => file.includes(`${path.sep}src${path.sep}`);
  const platform = files.some((file) => file.startsWith(`e2e${path.sep}`) && !isUnit(file));
  return {
    files: files.length,
    platform,
    engines: platform || files.some((file) => file.includes(`${path.sep}test${path.sep}`)),
    runs: [
      ...(others.length > 0 ? [['--ignoreProjects', 'faults']] : []),
      ...(faults.length > 0 ? [['--selectProjects', 'faults']] : []),
    ],
  };
}

/** Runs jest to its end. */
export async function runJest(session: Session, args: readonly string[]): Promise<TestCounts> {
  const { root, folder } = session.profile;
  const report = path.join(folder, 'jest.json');
  rmSync(report, { force: true });
  const jest = spawn(
    process.execPath,
    [jestPath(root), '--json', `--outputFile=${report}`, '--maxWorkers=2', '--passWithNoTests', ...args],
    {
      cwd: root,
      env: { ...process.env, ...jestEnvironment(root) },
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    },
  );
  const { pid } = jest;
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  jest.once('error', reject).once('exit', () => {
    resolve(undefined);
  });
  if (pid !== undefined) {
    session.watchdog.started(pid);
    session.ended.addEventListener('abort', () => {
      killGroup(pid, 'SIGKILL');
    });
  }
  await promise;
  if (pid !== undefined) session.watchdog.ended(pid);
  return readCounts(report);
}

/** Reads jest's report. */
function readCounts(file: string): TestCounts {
  const report: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const number = (key: string): number => {
    const value: unknown =
      typeof report === 'object' && report !== null ? Reflect.get(report, key) : undefined;
    if (typeof value !== 'number') throw new Error(`${file} has no ${key}`);
    return value;
  };
  return {
    passed: number('numPassedTests'),
    failed: number('numFailedTests') + number('numRuntimeErrorTestSuites'),
  };
}

function jestPath(root: string): string {
  return path.join(root, 'node_modules/jest/bin/jest.js');
}

function jestEnvironment(root: string): Record<string, string> {
  return {
    NODE_COMPILE_CACHE: nodeEnvironment(root)['NODE_COMPILE_CACHE'] ?? '',
    NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
  };
}
