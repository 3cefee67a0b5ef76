import { readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';

/**
 * When a process started, as an opaque text, or undefined when there is no such process (a zombie counts as none).
 *
 * A pid alone is not an identity: it may have been given to another process since it was recorded.
 */
export function startTimeOf(pid: number): string | undefined {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  if (process.platform !== 'linux') return startTimeByPs(pid);
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    // The command's name is in parentheses and may hold spaces; the fields after it are plain.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** True when the process of this pid is alive and is the one that was recorded with this start time. */
export function isSameProcess(pid: number, startTime: string): boolean {
  const actual = startTimeOf(pid);
  return actual !== undefined && actual === startTime;
}

function startTimeByPs(pid: number): string | undefined {
  const shown = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
  return shown === '' ? undefined : shown.replaceAll(' ', '_');
}
