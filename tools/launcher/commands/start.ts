import { removeAddresses, writeAddresses } from '../addresses.ts';
import { openControl } from '../control.ts';
import { obtainEngines } from '../engines/obtain.ts';
import { runningEngines } from '../engines/reuse.ts';
import { generateIfStale, runGenerator } from '../generation.ts';
import type { Platform } from '../platform.ts';
import { removePlatform } from '../addresses.ts';
import type { Profile } from '../profile.ts';
import { createProgress } from '../progress.ts';
import { importSampleDataOnce } from '../sample-data.ts';
import { openSession, type Session } from '../session.ts';
import { fetchEdge } from '../engines/native.ts';
import { welcome } from '../welcome.ts';
import { EndedError, orEnd, waitForEnd } from '../wait-for-end.ts';

/** `start`: brings up the whole platform and keeps it until it is ended. */
export async function runStart(profile: Profile): Promise<void> {
  const began = performance.now();
  const progress = createProgress(process.stdout);
  const reused = runningEngines(profile);
  const session = await openSession(profile, 'platform', progress, reused?.state);
  try {
    const { platform, how } = await orEnd(session.ended, bringUp(session, reused?.addresses));
    const control = await openControl(profile, controlsOf(session, platform));
    if (platform.failures.length === 0)
      await orEnd(session.ended, importSampleDataOnce(session, platform.addresses));
    for (const failure of platform.failures) progress.line(`  ✗ ${failure}`);
    progress.line(welcome(session, platform.addresses, how, (performance.now() - began) / 1000));
    await waitForEnd(session.ended);
    control.close();
  } catch (error) {
    if (!(error instanceof EndedError)) throw error;
  } finally {
    progress.line('Stopping …');
    if (reused === undefined) removeAddresses(profile);
    removePlatform(profile);
    await session.close();
    progress.line('Stopped. Data is kept; "npm start" goes on with it, "npm run reset" forgets it.');
  }
}

async function bringUp(
  session: Session,
  reused: Awaited<ReturnType<typeof obtainEngines>>['addresses'] | undefined,
): Promise<{ platform: Platform; how: string }> {
  const { profile, progress } = session;
  const generated = generateIfStale(profile.root, () =>
    progress.step('generate from contracts', () => runGenerator(profile.root)),
  );
  const edgePrograms = fetchEdge(session.cache, progress);
  const obtained =
    reused === undefined
      ? obtainEngines(session, process.env)
      : Promise.resolve({ addresses: reused, how: 'engines that ran already' });
  const [{ addresses, how }] = await Promise.all([obtained, generated, edgePrograms]);
  if (reused === undefined) writeAddresses(profile, addresses);
  // Only now: it reads what the generator has just written.
  const { startPlatform } = await import('../platform.ts');
  return { platform: await startPlatform(session, addresses, 'souk'), how };
}

function controlsOf(session: Session, platform: Platform): Parameters<typeof openControl>[1] {
  return {
    stop: session.end,
    async restart(name) {
      await platform.restart(name);
      return `${name} restarted`;
    },
    async scale(name, replicas) {
      await platform.scale(name, replicas);
      return `${name}: ${String(replicas)} replica(s)`;
    },
  };
}
