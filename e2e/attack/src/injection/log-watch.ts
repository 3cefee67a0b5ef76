import { createReadStream, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { profileFolder, takeVitals } from '../health.ts';

/** Looks at what services write to their logs from now on. */
export class LogWatch {
  readonly #folder = join(profileFolder(), 'logs');
  readonly #starts = new Map<string, number>();

  constructor() {
    for (const file of readdirSync(this.#folder))
      this.#starts.set(file, statSync(join(this.#folder, file)).size);
  }

  /** Lines that nobody but an attacker can have written. */
  async faults(): Promise<string[]> {
    const faults: string[] = [];
    for await (const { file, line } of this.lines()) {
      if (/^\{"level":"fatal","message":"injected"/.test(line) || line.includes('\u001b[2J')) {
        faults.push(`${file} has a line of the attacker's: ${line.slice(0, 120)}`);
      }
    }
    return faults;
  }

  /** What was written since, by services and the edge. */
  async *lines(): AsyncIterable<{ file: string; line: string }> {
    const names = new Set([...takeVitals().pids.keys(), 'access']);
    for (const file of readdirSync(this.#folder).filter((each) => names.has(each.replace(/\.log$/, '')))) {
      const path = join(this.#folder, file);
      const start = this.#starts.get(file) ?? 0;
      const from = statSync(path).size < start ? 0 : start;
      for await (const line of createInterface({ input: createReadStream(path, { start: from }) })) {
        yield { file, line };
      }
    }
  }
}
