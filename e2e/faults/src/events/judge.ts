import { Findings } from '../findings.ts';

/** An event by its place in its aggregate, numbered from 1. */
export interface NumberedEvent {
  readonly aggregate: string;
  readonly number: number;
}

/** What the database says in the end. */
export interface EventBooks {
  /** How many events each aggregate was to have. */
  readonly due: ReadonlyMap<string, number>;
  readonly produced: readonly NumberedEvent[];
  /** Effects in the order in which they came about. */
  readonly consumed: readonly NumberedEvent[];
  readonly unpublished: number;
}

/** Judges what became of events. */
export function judgeEvents({ due, produced, consumed, unpublished }: EventBooks): Findings {
  const findings = new Findings();
  const made = numbersOf(produced);
  const taken = numbersOf(consumed);
  for (const [aggregate, count] of due) {
    const own = made.get(aggregate) ?? [];
    const found = taken.get(aggregate) ?? [];
    findings.expect('all are made', own.length === count, aggregate, `${own.length} of ${count}`);
    const counts = Map.groupBy(found, (number) => number);
    for (const number of own) {
      const times = counts.get(number)?.length ?? 0;
      findings.expect('none is lost', times > 0, aggregate, `event ${number} had no effect`);
      findings.expect('each has one effect', times <= 1, aggregate, `event ${number} had ${times}`);
    }
    const known = new Set(own);
    const unknown = found.filter((number) => !known.has(number));
    findings.expect('none is told before it is committed', unknown.length === 0, aggregate, unknown.join());
    const early = found.find((number, index) => number < (found[index - 1] ?? 0));
    findings.expect('order is kept', early === undefined, aggregate, `event ${early} came after a later one`);
  }
  findings.expect('none waits for ever', unpublished === 0, 'outbox', `${unpublished} events`);
  return findings;
}

function numbersOf(events: readonly NumberedEvent[]): ReadonlyMap<string, readonly number[]> {
  const byAggregate = new Map<string, number[]>();
  for (const { aggregate, number } of events) {
    const numbers = byAggregate.get(aggregate);
    if (numbers === undefined) byAggregate.set(aggregate, [number]);
    else numbers.push(number);
  }
  return byAggregate;
}
