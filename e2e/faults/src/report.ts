import type { Round } from './round.ts';
import { countAnswers } from './round.ts';
import type { Outcome, Play, Scenario } from './scenario.ts';

const MOST_BROKEN_SHOWN = 20;

/** What a scenario did and found, in words. */
export function reportOf({ id, promise }: Scenario, { seed, size }: Play, outcome: Outcome): string {
  const { injected, checked, broken } = outcome;
  return [
    `${id}  ${promise}  (seed ${seed}, ${size})`,
    ...injected.map((line) => `  injected  ${line}`),
    ...checked.map((line) => `  checked   ${line}`),
    ...broken
      .slice(0, MOST_BROKEN_SHOWN)
      .map((each) => `  BROKEN    ${each.rule}: ${each.subject} ${each.detail}`),
    `  ${broken.length === 0 ? 'holds' : `${broken.length} times a rule is broken`}`,
  ].join('\n');
}

/** A round as a scenario's outcome. */
export function outcomeOf(round: Round): Outcome {
  const { options, facts, kills, broken, durations } = round;
  const { books, provider, followers } = facts;
  const { ok, refused, unknown } = countAnswers(round);
  const charged = provider.movements.filter(({ type }) => type === 'charge');
  const wanted = facts.buyers.reduce((sum, buyer) => sum + buyer.wanted, 0);
  return {
    injected: [
      `${options.buyers} buyers of ${wanted} units in all, ${options.units} in stock, ${options.inFlight} in flight`,
      `kills: ${kills.map(({ service, calls }) => `${service} at call ${calls}`).join(', ') || 'none'}`,
    ],
    checked: [
      `answers: ${ok} ok, ${refused} refused, ${unknown} unknown, by ${countedCalls(round)}`,
      `orders: ${counted(books.orders.map(({ state, paymentState }) => `${state}/${paymentState}`))}`,
      `stock: ${books.stock.onHand} on hand, ${books.stock.reserved} reserved, ${facts.shownAvailable} shown`,
      `provider: ${charged.length} charges, ${provider.movements.length - charged.length} refunds`,
      `topic: ${counted(followers.told.map(({ type }) => type))}`,
      `seconds: ${inSeconds(durations.setUp)} set-up, ${inSeconds(durations.checkOuts)} checkouts, ${inSeconds(durations.settling)} to rest`,
    ],
    broken,
  };
}

/** Names with how often each occurs, the most frequent first. */
export function counted(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const sorted = [...counts].sort(([, left], [, right]) => right - left);
  return sorted.map(([name, count]) => `${count} × ${name}`).join(', ') || 'none';
}

function countedCalls({ facts }: Round): string {
  const calls = facts.buyers.flatMap((buyer) => buyer.calls);
  return `${calls.length} calls (${counted(calls)})`;
}

function inSeconds(milliseconds: number): string {
  return (milliseconds / 1_000).toFixed(1);
}
