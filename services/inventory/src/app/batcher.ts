import { aborted, DomainError } from '@souk/kernel';

/** What became of one command of a batch: its result, or why it was refused. */
export type Outcome<Result> = Result | DomainError;

/** How commands are batched. */
export interface BatchOptions<Command> {
  /** Batches under way at a time. */
  readonly concurrency: number;
  /** Weight of a batch at most; a command that weighs more goes alone. */
  readonly maxWeight: number;
  weightOf(command: Command): number;
}

interface Waiting<Command, Result> {
  readonly command: Command;
  readonly signal: AbortSignal;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** Takes a command; gives its result when the batch that it became part of is done. */
export type Submit<Command, Result> = (command: Command, signal: AbortSignal) => Promise<Result>;

/**
 * Group commit: commands that come while others are being written wait together and are written together, so that many
 * changes of one row cost one transaction and not one each. A command that comes alone waits for nobody.
 *
 * A batch that fails as a whole for no reason of its commands is run again one by one. Commands whose caller has given
 * up are dropped before they are run.
 */
export function batcher<Command, Result>(
  run: (commands: readonly Command[]) => Promise<readonly Outcome<Result>[]>,
  { concurrency, maxWeight, weightOf }: BatchOptions<Command>,
): Submit<Command, Result> {
  const queue: Waiting<Command, Result>[] = [];
  let running = 0;

  const next = (): Waiting<Command, Result>[] => {
    const batch: Waiting<Command, Result>[] = [];
    let weight = 0;
    for (;;) {
      const first = queue[0];
      if (first === undefined) return batch;
      if (first.signal.aborted) {
        queue.shift();
        first.reject(aborted('CANCELLED', 'The caller has given up.'));
        continue;
      }
      weight += weightOf(first.command);
      if (batch.length > 0 && weight > maxWeight) return batch;
      batch.push(first);
      queue.shift();
    }
  };

  const execute = async (batch: readonly Waiting<Command, Result>[]): Promise<void> => {
    try {
      const outcomes = await run(batch.map(({ command }) => command));
      batch.forEach(({ resolve, reject }, index) => {
        const outcome = outcomes[index];
        if (outcome instanceof DomainError) reject(outcome);
        else if (index < outcomes.length) resolve(outcome as Result);
        else reject(new Error('a batch forgot a command'));
      });
    } catch (error) {
      if (batch.length === 1 || error instanceof DomainError) for (const { reject } of batch) reject(error);
      else for (const one of batch) await execute([one]);
    }
  };

  const work = async (): Promise<void> => {
    running += 1;
    for (let batch = next(); batch.length > 0; batch = next()) await execute(batch);
    running -= 1;
  };

  return (command, signal) =>
    new Promise<Result>((resolve, reject) => {
      queue.push({ command, signal, resolve, reject });
      // Commands of the same turn of the event loop belong together.
      if (running < concurrency) queueMicrotask(() => void (running < concurrency && work()));
    });
}
