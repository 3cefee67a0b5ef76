import { closeSync, fsyncSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { browseBenchmark } from './browse/run.ts';
import { footprintBenchmark } from './footprint/run.ts';
import { hotSkuBenchmark } from './hot-sku/run.ts';
import { root } from './platform.ts';
import { cartBenchmark, checkoutBenchmark } from './purchase/run.ts';
import { type BenchmarkReport, formatReport } from './report.ts';
import { startBenchmark } from './start/run.ts';
import { unaryBenchmark } from './unary/run.ts';

const SECONDS = Number(process.env['SOUK_BENCH_SECONDS'] ?? 5);

const benchmarks: Readonly<Record<string, () => Promise<BenchmarkReport> | BenchmarkReport>> = {
  P1: () => unaryBenchmark(SECONDS),
  P2: () => browseBenchmark(SECONDS),
  P3: () => cartBenchmark(SECONDS),
  P4: () => checkoutBenchmark(SECONDS),
  P5: () => hotSkuBenchmark(SECONDS),
  P8: () => footprintBenchmark(),
  P9: () => startBenchmark(),
};

const chosen = process.argv.slice(2).map((id) => id.toUpperCase());
const unknown = chosen.filter((id) => !(id in benchmarks));
if (unknown.length > 0) {
  console.error(
    `no benchmark is called ${unknown.join(', ')}; there are ${Object.keys(benchmarks).join(', ')}`,
  );
  process.exit(2);
}

const machine = { cpu: cpus()[0]?.model, cores: cpus().length, load: loadavg(), fsyncMs: medianFsyncMs() };
console.log(
  `${machine.cpu}, ${machine.cores} cores, load ${machine.load[0]?.toFixed(1)}, fsync ${machine.fsyncMs.toFixed(2)} ms\n`,
);
const reports: BenchmarkReport[] = [];
for (const [id, run] of Object.entries(benchmarks)) {
  // P9 starts the platform, all others measure the one that runs.
  if (chosen.length > 0 ? !chosen.includes(id) : id === 'P9') continue;
  const report = await run();
  reports.push(report);
  console.log(formatReport(report));
}
const folder = join(root, '.souk/bench');
mkdirSync(folder, { recursive: true });
const file = join(folder, `${new Date().toISOString().replaceAll(':', '-')}.json`);
writeFileSync(file, `${JSON.stringify({ machine, loadAfter: loadavg(), reports }, null, 2)}\n`);
console.log(`written to ${file}`);
process.exit(0);

/** How long the disk takes to make 4 KiB durable: every durable commit waits at least that long. */
function medianFsyncMs(): number {
  const handle = openSync(join(tmpdir(), `souk-fsync-${process.pid}`), 'w');
  const times = Array.from({ length: 50 }, () => {
    writeSync(handle, Buffer.alloc(4_096));
    const before = performance.now();
    fsyncSync(handle);
    return performance.now() - before;
  });
  closeSync(handle);
  return times.sort((a, b) => a - b)[25] ?? Number.NaN;
}
