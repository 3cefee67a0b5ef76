import type { Round } from './round.ts';
import { countAnswers } from './round.ts';

const MOST_BROKEN_SHOWN = 20;

/** A round in words. */
export function reportOf(round: Round): string {
  const { options, facts, kills, broken, durations } = round;
  const { books, provider } = facts;
  const { ok, refused, unknown } = countAnswers(round);
  const charged = provider.movements.filter(({ type }) => type === 'charge');
  return [
    `seed ${options.seed}: ${options.buyers} buyers, ${options.units} units, ${options.inFlight} in flight`,
    `  answers    ${ok} ok, ${refused} refused, ${unknown} unknown`,
    `  calls      ${countedCalls(round)}`,
    `  kills      ${kills.map(({ service, calls }) => `${service} at call ${calls}`).join(', ') || 'none'}`,
    `  orders     ${counted(books.orders.map(({ state, paymentState }) => `${state}/${paymentState}`))}`,
    `  stock      ${books.stock.onHand} on hand, ${books.stock.reserved} reserved, ${facts.shownAvailable} shown`,
    `  provider   ${charged.length} charges, ${provider.movements.length - charged.length} refunds`,
    `  seconds    ${inSeconds(durations.setUp)} set-up, ${inSeconds(durations.checkOuts)} checkouts, ${inSeconds(durations.settling)} to rest`,
    ...broken
      .slice(0, MOST_BROKEN_SHOWN)
      .map((each) => `  BROKEN     ${each.rule}: ${each.subject} ${each.detail}`),
    `  ${broken.length === 0 ? 'every rule holds' : `${broken.length} times a rule is broken`}`,
  ].join('\n');
}

function countedCalls({ facts }: Round): string {
  const calls = facts.buyers.flatMap((buyer) => buyer.calls);
  return `${calls.length}: ${counted(calls)}`;
}

function counted(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const sorted = [...counts].sort(([, left], [, right]) => right - left);
  return sorted.map(([name, count]) => `${count} × ${name}`).join(', ') || 'none';
}

function inSeconds(milliseconds: number): string {
  return (milliseconds / 1_000).toFixed(1);
}
