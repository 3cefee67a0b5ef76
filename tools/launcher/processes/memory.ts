import { readdirSync, readFileSync } from 'node:fs';

/**
 * Memory of a process and all it started, in bytes: proportional set size where the kernel tells it (shared pages
 * counted once), else resident set size.
 */
export function residentBytes(pid: number): number {
  if (process.platform !== 'linux') return 0;
  return [pid, ...descendants(pid)].map(bytesOf).reduce((sum, each) => sum + each, 0);
}

function bytesOf(pid: number): number {
  return (
    kilobytes(`/proc/${String(pid)}/smaps_rollup`, /^Pss:\s+(\d+)/m) ??
    kilobytes(`/proc/${String(pid)}/status`, /^VmRSS:\s+(\d+)/m) ??
    0
  );
}

function kilobytes(file: string, pattern: RegExp): number | undefined {
  try {
    const found = pattern.exec(readFileSync(file, 'utf8'))?.[1];
    return found === undefined ? undefined : Number(found) * 1024;
  } catch {
    return undefined;
  }
}

function descendants(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    } catch {
      // Gone since it was listed.
    }
  }
  const found: number[] = [];
  for (let queue = [pid]; queue.length > 0; ) {
    const next = queue.flatMap((each) => children.get(each) ?? []);
    found.push(...next);
    queue = next;
  }
  return found;
}
