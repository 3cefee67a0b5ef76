/** Tells a person what is going on: a live block of lines on a terminal, plain lines otherwise. */
export interface Progress {
  /** Runs one step and tells its start (terminal only), its end and its time. */
  step<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** A line of its own. */
  line(text: string): void;
}

/** Steps faster than this are not worth a line. */
const SILENT_BELOW_MS = 30;

/** Progress on a stream. */
export function createProgress(stream: NodeJS.WriteStream): Progress {
  const running = new Map<symbol, string>();
  let shown = 0;
  const clear = (): void => {
    if (shown > 0) stream.write(`\u001b[${String(shown)}A\u001b[0J`);
    shown = 0;
  };
  const draw = (): void => {
    if (!stream.isTTY) return;
    for (const name of running.values()) stream.write(`  … ${name}\n`);
    shown = running.size;
  };
  const line = (text: string): void => {
    clear();
    stream.write(`${text}\n`);
    draw();
  };
  return {
    line,
    async step(name, work) {
      const key = Symbol(name);
      const start = performance.now();
      running.set(key, name);
      clear();
      draw();
      const end = (sign: string, always: boolean): void => {
        running.delete(key);
        const took = performance.now() - start;
        if (always || took >= SILENT_BELOW_MS) line(`  ${sign} ${name} (${(took / 1000).toFixed(1)} s)`);
        else {
          clear();
          draw();
        }
      };
      try {
        const result = await work();
        end('✓', false);
        return result;
      } catch (error) {
        end('✗', true);
        throw error;
      }
    },
  };
}
