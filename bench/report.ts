/** One figure of a benchmark. */
export interface ReportRow {
  readonly label: string;
  readonly value: number;
  readonly unit: string;
  /** What docs/performance.md asks of it, if anything. */
  readonly target?: string;
}

/** The figures of one benchmark. */
export interface BenchmarkReport {
  /** The row of the performance table, for example `P1`. */
  readonly id: string;
  readonly title: string;
  readonly rows: readonly ReportRow[];
}

/** A report as a table for people. */
export function formatReport({ id, title, rows }: BenchmarkReport): string {
  const width = Math.max(...rows.map((row) => row.label.length));
  const lines = rows.map(({ label, value, unit, target }) => {
    const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 3;
    return `  ${label.padEnd(width)}  ${value.toFixed(digits).padStart(9)} ${unit}${target === undefined ? '' : `   (target ${target})`}`;
  });
  return `${id}  ${title}\n${lines.join('\n')}\n`;
}
