import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { root } from '../platform.ts';
import type { BenchmarkReport, ReportRow } from '../report.ts';

const KIB_PER_MIB = 1024;
const state = z.object({
  processes: z.array(z.looseObject({ name: z.string(), kind: z.string(), pid: z.number().optional() })),
});

/** P8 and the resident part of P9: memory of every process of the running platform, and when services were ready. */
export function footprintBenchmark(): BenchmarkReport {
  const { processes } = state.parse(
    JSON.parse(readFileSync(join(root, '.souk/dev/platform-state.json'), 'utf8')),
  );
  const running = processes.flatMap(({ name, kind, pid }) =>
    pid === undefined ? [] : [{ name, kind, mib: residentMib(pid) }],
  );
  const services = running.filter(({ kind }) => kind === 'service');
  const rows: ReportRow[] = services.map(({ name, mib }) => ({
    label: `${name}, resident`,
    value: mib,
    unit: 'MiB',
    target: '≤ 110',
  }));
  for (const { name } of services) {
    const startup = startupMs(name);
    if (startup !== undefined)
      rows.push({ label: `${name}, ready in`, value: startup, unit: 'ms', target: '≤ 2000' });
  }
  const total = running.reduce((sum, { mib }) => sum + mib, 0);
  rows.push({ label: 'all processes, engines included', value: total, unit: 'MiB', target: '≤ 3072' });
  return { id: 'P8', title: 'footprint of the running platform', rows };
}

/** How long a service took to be up when it last started, from its own log. */
function startupMs(service: string): number | undefined {
  const log = readFileSync(join(root, `.souk/dev/logs/${service}.log`), 'utf8');
  const times = [...log.matchAll(/"startup_ms":(\d+)/g)].map((match) => Number(match[1]));
  return times.at(-1);
}

/**
 * Resident memory of a process and all its descendants, pages that several of them map counted once (the kernel's
 * proportional set size): PostgreSQL's backends all map the same buffers.
 */
function residentMib(pid: number): number {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const parent = Number(field(Number(entry), 'status', 'PPid'));
    children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
  }
  const tree = [pid];
  for (const each of tree) tree.push(...(children.get(each) ?? []));
  return tree.reduce((sum, each) => sum + Number(field(each, 'smaps_rollup', 'Pss') ?? 0), 0) / KIB_PER_MIB;
}

function field(pid: number, file: string, name: string): string | undefined {
  try {
    return new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/${file}`, 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}
