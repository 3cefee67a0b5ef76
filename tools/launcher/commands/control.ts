import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { askLauncher } from '../control.ts';
import type { Profile } from '../profile.ts';
import { endLeftovers, isRunning, type Role, readState } from '../state.ts';

const STOP_TIMEOUT_MS = 90_000;
const ROLES: readonly Role[] = ['platform', 'engines'];

/** `stop`: ends what runs of a profile, and what a killed launcher left behind. */
export async function stopProfile(profile: Profile): Promise<void> {
  for (const role of ROLES) {
    const state = readState(profile, role);
    if (state === undefined) continue;
    if (isRunning(state)) {
      process.kill(state.pid, 'SIGTERM');
      for (let waited = 0; isRunning(state) && waited < STOP_TIMEOUT_MS; waited += 100) await sleep(100);
      if (isRunning(state)) throw new Error(`the launcher (pid ${String(state.pid)}) does not end`);
    } else {
      await endLeftovers(state);
    }
    console.log(`profile ${profile.name}: ${role} stopped`);
  }
}

/** `reset`: stops a profile and forgets all its data. */
export async function resetProfile(profile: Profile): Promise<void> {
  await stopProfile(profile);
  for (const folder of [profile.data, profile.folder]) rmSync(folder, { recursive: true, force: true });
  console.log(`profile ${profile.name}: data, logs and secrets are gone`);
}

/** `restart -- NAME`. */
export async function restartProcess(profile: Profile, name: string | undefined): Promise<void> {
  if (name === undefined) throw new Error('give a name: npm run restart -- NAME');
  console.log(await askLauncher(profile, `/restart?name=${encodeURIComponent(name)}`));
}

/** `scale -- NAME=N`. */
export async function scaleService(profile: Profile, text: string | undefined): Promise<void> {
  const [, name, replicas] = /^([a-z-]+)=(\d+)$/.exec(text ?? '') ?? [];
  if (name === undefined || replicas === undefined) throw new Error('say how many: npm run scale -- NAME=N');
  console.log(await askLauncher(profile, `/scale?name=${encodeURIComponent(name)}&replicas=${replicas}`));
}
