import { runTool } from '../sources/run-tool.ts';

/** One thing beside jest's tests that must hold. */
export interface Check {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

/** How a check went. */
export interface CheckResult {
  readonly name: string;
  /** What it printed when it failed; undefined when it passed. */
  readonly failure: string | undefined;
}

/** The static checks, each as a developer runs it by hand. */
export const STATIC_CHECKS: readonly Check[] = [
  { name: 'typecheck', command: 'npm', args: ['run', '--silent', 'typecheck'] },
  { name: 'lint', command: 'npm', args: ['run', '--silent', 'lint'] },
  { name: 'manifests', command: process.execPath, args: ['tools/deployment/main.ts'] },
];

/** Runs checks one after the other, so that they leave a processor to the engines that start meanwhile. */
export async function runChecks(checks: readonly Check[], root: string): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of checks) {
    const failure = await runTool(check.command, check.args, { cwd: root, keepOutput: true }).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    results.push({ name: check.name, failure });
  }
  return results;
}
