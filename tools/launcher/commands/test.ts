import { rmSync } from 'node:fs';
import { removeAddresses, removePlatform, writeAddresses } from '../addresses.ts';
import { fetchEdge } from '../engines/native.ts';
import { obtainEngines } from '../engines/obtain.ts';
import { runningEngines } from '../engines/reuse.ts';
import { generateIfStale, runGenerator } from '../generation.ts';
import { openProfile, type Profile } from '../profile.ts';
import { createProgress } from '../progress.ts';
import { openSession, type Session } from '../session.ts';
import { type CheckResult, runChecks, STATIC_CHECKS } from '../testing/checks.ts';
import { runJest, type TestCounts, testNeeds } from '../testing/jest.ts';
import { EndedError, orEnd } from '../wait-for-end.ts';

/**
 * `test [jest's arguments]`: does all set-up that the selected tests need, runs them, puts everything away and ends
 * with the line `N passed, N failed`. Without arguments the static checks run too, each counted as one test.
 */
export async function runTests(profile: Profile, args: readonly string[]): Promise<void> {
  const progress = createProgress(process.stdout);
  const reused = runningEngines(profile);
  if (reused === undefined) {
    rmSync(profile.data, { recursive: true, force: true });
    rmSync(profile.logs, { recursive: true, force: true });
    openProfile(profile.name);
  }
  const session = await openSession(profile, 'platform', progress, reused?.state);
  let counts: TestCounts = { passed: 0, failed: 1 };
  try {
    await generateIfStale(profile.root, () =>
      progress.step('generate from contracts', () => runGenerator(profile.root)),
    );
    counts = await orEnd(session.ended, runAll(session, args, reused));
  } catch (error) {
    if (!(error instanceof EndedError)) progress.line(error instanceof Error ? error.message : String(error));
  } finally {
    if (reused === undefined) removeAddresses(profile);
    removePlatform(profile);
    await session.close();
  }
  if (counts.failed > 0) {
    process.exitCode = 1;
    progress.line(`\nLogs of the servers: ${profile.logs}`);
  }
  progress.line(`\n${String(counts.passed)} passed, ${String(counts.failed)} failed`);
}

async function runAll(
  session: Session,
  args: readonly string[],
  reused: ReturnType<typeof runningEngines>,
): Promise<TestCounts> {
  const { root } = session.profile;
  const needs = await testNeeds(root, args);
  if (needs.files === 0 && args.length > 0) throw new Error(`no test file matches ${args.join(' ')}`);
  const [setUp, checks] = await Promise.all([
    prepare(session, needs, reused),
    args.length === 0
      ? session.progress.step('typecheck and lint', () => runChecks(STATIC_CHECKS, root))
      : [],
  ]);
  const results = [...setUp, ...checks];
  const failed = results.filter((each) => each.failure !== undefined);
  for (const each of failed) session.progress.line(`\n✗ ${each.name}\n${each.failure ?? ''}\n`);
  // Tests whose servers did not start would only say so again, one by one.
  const runs = setUp.every((each) => each.failure === undefined)
    ? needs.runs
    : [['--selectProjects', 'unit']];
  let counts = { passed: results.length - failed.length, failed: failed.length };
  for (const run of runs) {
    const { passed, failed: broken } = await runJest(session, [...args, ...run]);
    counts = { passed: counts.passed + passed, failed: counts.failed + broken };
  }
  return counts;
}

/** Brings up what the tests need; a failure is a result, so that the other tests still run. */
async function prepare(
  session: Session,
  needs: { readonly engines: boolean; readonly platform: boolean },
  reused: ReturnType<typeof runningEngines>,
): Promise<readonly CheckResult[]> {
  if (!needs.engines) return [];
  const name = needs.platform ? 'the platform starts' : 'the engines start';
  try {
    const edge = needs.platform ? fetchEdge(session.cache, session.progress) : Promise.resolve();
    const obtaining =
      reused === undefined
        ? obtainEngines(session, process.env).then((each) => each.addresses)
        : Promise.resolve(reused.addresses);
    const [addresses] = await Promise.all([obtaining, edge]);
    if (reused === undefined) writeAddresses(session.profile, addresses);
    if (needs.platform) {
      const { startPlatform } = await import('../platform.ts');
      // Engines may be reused: a name of its own keeps this run apart from earlier ones.
      const platform = await startPlatform(session, addresses, `e2e${Date.now().toString(36)}`);
      if (platform.failures.length > 0) return [{ name, failure: platform.failures.join('\n') }];
    }
    return [{ name, failure: undefined }];
  } catch (error) {
    return [{ name, failure: error instanceof Error ? error.message : String(error) }];
  }
}
