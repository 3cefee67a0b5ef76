import { aborted, DomainError } from '@souk/kernel';

/** What became of one command of a batch: its result, or why it was refused. */
export type Outcome<Result> = Result | DomainError;

/** Takes a command; gives its result when the batch that it became part of is done. */
export type Submit<Command, Result> = (command: Command, signal: AbortSignal) => Promise<Result>;

/** How commands are put together. */
export interface LaneOptions<Command> {
  /** Batches under way at a time. */
  readonly concurrency: number;
  /** Weight of a batch at most; a command that weighs more goes alone. */
  readonly maxWeight: number;
  /** A SKU that so many commands wait for is hot. */
  readonly hotAt: number;
  weightOf(command: Command): number;
  /** What it changes; commands that change the same are never under way at the same time. */
  skusOf(command: Command): readonly string[];
}

interface Waiting<Command, Result> {
  readonly command: Command;
  readonly skus: readonly string[];
  readonly signal: AbortSignal;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit by SKU: commands that come while their SKUs are being written wait together and are written together, so
 * that many changes of one row cost one transaction and not one each. A command that comes alone waits for nobody.
 *
 * Hot and cold SKUs never share a batch, and no two batches under way share a SKU: who buys something else does not wait
 * for a flash sale. A batch that fails as a whole for no reason of its commands is run again one by one. Commands whose
 * caller has given up are dropped before they are run.
 */
export function skuLanes<Command, Result>(
  run: (commands: readonly Command[]) => Promise<readonly Outcome<Result>[]>,
  { concurrency, maxWeight, hotAt, weightOf, skusOf }: LaneOptions<Command>,
): Submit<Command, Result> {
  let queue: Waiting<Command, Result>[] = [];
  const waitingFor = new Map<string, number>();
  const busy = new Set<string>();
  let running = 0;
  let isKicked = false;

  const count = (skus: readonly string[], by: number): void => {
    for (const sku of skus) {
      const left = (waitingFor.get(sku) ?? 0) + by;
      if (left === 0) waitingFor.delete(sku);
      else waitingFor.set(sku, left);
    }
  };
  const isHot = (sku: string): boolean => (waitingFor.get(sku) ?? 0) >= hotAt;

  /** The first that may run, and those that go with it. Whoever has to wait holds back later ones of the same SKUs. */
  const next = (): Waiting<Command, Result>[] => {
    const batch: Waiting<Command, Result>[] = [];
    const kept: Waiting<Command, Result>[] = [];
    const blocked = new Set(busy);
    let weight = 0;
    let hot: string | undefined;
    for (const waiting of queue) {
      const { command, skus, signal } = waiting;
      if (signal.aborted) {
        count(skus, -1);
        waiting.reject(aborted('CANCELLED', 'The caller has given up.'));
        continue;
      }
      const belongs = batch.length === 0 || (hot === undefined ? !skus.some(isHot) : skus.includes(hot));
      const fits = batch.length === 0 || weight + weightOf(command) <= maxWeight;
      if (!belongs || !fits || skus.some((sku) => blocked.has(sku))) {
        for (const sku of skus) blocked.add(sku);
        kept.push(waiting);
        continue;
      }
      if (batch.length === 0) hot = skus.find(isHot);
      weight += weightOf(command);
      batch.push(waiting);
    }
    queue = kept;
    for (const { skus } of batch) count(skus, -1);
    return batch;
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

  const kick = (): void => {
    isKicked = false;
    while (running < concurrency && queue.length > 0) {
      const batch = next();
      if (batch.length === 0) return;
      const skus = new Set(batch.flatMap((waiting) => waiting.skus));
      for (const sku of skus) busy.add(sku);
      running += 1;
      void execute(batch).finally(() => {
        for (const sku of skus) busy.delete(sku);
        running -= 1;
        kick();
      });
    }
  };

  return (command, signal) =>
    new Promise<Result>((resolve, reject) => {
      const skus = skusOf(command);
      count(skus, 1);
      queue.push({ command, skus, signal, resolve, reject });
      // Commands of the same turn of the event loop belong together.
      if (running < concurrency && !isKicked) {
        isKicked = true;
        setImmediate(kick);
      }
    });
}
