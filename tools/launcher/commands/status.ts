import type { Profile } from '../profile.ts';
import { isRunning, type Role, readState } from '../state.ts';
import { residentBytes } from '../processes/memory.ts';

/** `status`: what of a profile runs, since when it was restarted, and how much memory it takes. */
export function showStatus(profile: Profile): void {
  const running = (['engines', 'platform'] satisfies Role[])
    .map((role) => readState(profile, role))
    .filter((state) => state !== undefined)
    .filter(isRunning);
  if (running.length === 0) {
    console.log(`profile ${profile.name} does not run`);
    process.exitCode = 3;
    return;
  }
  let total = 0;
  for (const state of running) {
    for (const each of state.processes) {
      const bytes = each.pid === undefined ? 0 : residentBytes(each.pid);
      total += bytes;
      const memory = `${String(Math.round(bytes / 1024 / 1024)).padStart(5)} MiB`;
      const restarts = each.restarts === 0 ? '' : `, restarted ${String(each.restarts)} ×`;
      console.log(
        `${each.name.padEnd(20)} ${each.state.padEnd(8)} ${memory}  pid ${String(each.pid ?? '-')}${restarts}`,
      );
    }
  }
  console.log(`${'together'.padEnd(29)} ${String(Math.round(total / 1024 / 1024)).padStart(5)} MiB resident`);
}
