import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../platform.ts';
import type { BenchmarkReport } from '../report.ts';

/** P9: a warm `npm start`, from the command to the line that says the platform is up; then it is stopped again. */
export async function startBenchmark(): Promise<BenchmarkReport> {
  if (existsSync(join(root, '.souk/dev/platform.json'))) {
    throw new Error('P9 starts the platform itself: `npm stop` first');
  }
  const startedAt = performance.now();
  const start = spawn('npm', ['start'], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    let printed = '';
    for await (const chunk of start.stdout) {
      printed += String(chunk);
      if (printed.includes('Souk is up after')) break;
    }
    if (!printed.includes('Souk is up after')) throw new Error(`npm start ended early:\n${printed}`);
    const seconds = (performance.now() - startedAt) / 1_000;
    return {
      id: 'P9',
      title: 'warm start of the whole platform',
      rows: [{ label: 'npm start to a shop that sells', value: seconds, unit: 's', target: '≤ 30' }],
    };
  } finally {
    const ended = once(start, 'exit');
    spawn('npm', ['stop'], { cwd: root, stdio: 'ignore' });
    await ended;
  }
}
