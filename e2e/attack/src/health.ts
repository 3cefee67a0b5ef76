import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const state = z.object({
  processes: z.array(
    z.object({ name: z.string(), kind: z.string(), pid: z.number().optional(), restarts: z.number() }),
  ),
});

/** Most that a process may grow by under one attack, in MiB: garbage may not be collected yet. */
const GROWTH_MIB = 250;

/** What can be told of the platform's processes from outside. */
export interface Vitals {
  readonly pids: ReadonlyMap<string, number>;
  readonly residentMib: ReadonlyMap<string, number>;
}

/** The folder of the platform that is attacked. */
export function profileFolder(): string {
  const root = fileURLToPath(new URL('../../../.souk', import.meta.url));
  return join(root, process.env['SOUK_PROFILE'] ?? 'test');
}

/** Takes them. */
export function takeVitals(): Vitals {
  const { processes } = state.parse(
    JSON.parse(readFileSync(join(profileFolder(), 'platform-state.json'), 'utf8')),
  );
  const pids = new Map<string, number>();
  const residentMib = new Map<string, number>();
  for (const { name, kind, pid } of processes) {
    if (pid === undefined || (kind !== 'service' && kind !== 'edge')) continue;
    pids.set(name, pid);
    residentMib.set(name, residentOf(pid));
  }
  return { pids, residentMib };
}

/** What an attack did to the processes: ended them, or made them grow beyond measure. */
export function damageSince(before: Vitals): string[] {
  const after = takeVitals();
  return [...before.pids].flatMap(([name, pid]) => {
    if (after.pids.get(name) !== pid) return [`${name} has ended`];
    const growth = (after.residentMib.get(name) ?? 0) - (before.residentMib.get(name) ?? 0);
    return growth > GROWTH_MIB ? [`${name} has grown by ${growth.toFixed(0)} MiB`] : [];
  });
}

function residentOf(pid: number): number {
  try {
    const kib = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1];
    return Number(kib ?? 0) / 1_024;
  } catch {
    return 0;
  }
}
