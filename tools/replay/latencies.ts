/** How long calls took, by method. */
export class Latencies {
  private readonly byMethod = new Map<string, number[]>();

  /** Notes a call. */
  note(method: string, milliseconds: number): void {
    const all = this.byMethod.get(method) ?? [];
    all.push(milliseconds);
    this.byMethod.set(method, all);
  }

  /** Calls and percentiles in milliseconds, the method with most calls first. */
  summary(): { method: string; calls: number; p50: number; p95: number; p99: number }[] {
    return [...this.byMethod]
      .map(([method, all]) => {
        const sorted = all.toSorted((a, b) => a - b);
        const at = (share: number): number =>
          sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
        return { method, calls: all.length, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
      })
      .sort((a, b) => b.calls - a.calls);
  }
}
