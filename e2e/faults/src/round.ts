import { check } from './checker/check.ts';
import type { Broken } from './checker/broken.ts';
import { checkOut } from './buyer.ts';
import { type Answer, type BuyerFact, type Facts } from './facts/facts.ts';
import { settleAndRead } from './facts/settle.ts';
import { mapInFlight } from './in-flight.ts';
import { type Kill, planStrikes, unleash } from './nemesis.ts';
import { randomFrom, wholeBetween } from './random.ts';
import { type Scene, setScene } from './scene.ts';

// Far beyond what a healthy machine needs: a busy one must not look like a platform that does not answer.
const ANSWER_WITHIN_MS = 120_000;

/** One round: so many buyers want some units each of so few, perhaps while things are killed. */
export interface RoundOptions {
  readonly seed: number;
  readonly buyers: number;
  readonly units: number;
  /** The most that one buyer wants; they want one at least. */
  readonly mostEach: number;
  readonly inFlight: number;
  /** Services to kill (or `database`), and how often each at moments that the seed chooses. */
  readonly services: readonly string[];
  readonly killsEach: number;
  /** Kills one of them this often besides. */
  readonly killEveryMs?: number | undefined;
  /** Done when buyers have their answers and before the books are read: how a test breaks a rule on purpose. */
  readonly sabotage?: (scene: Scene, buyers: readonly BuyerFact[]) => Promise<void>;
}

/** How long the parts of a round took, in milliseconds. */
export interface Durations {
  readonly setUp: number;
  readonly checkOuts: number;
  readonly settling: number;
}

/** What came of a round. */
export interface Round {
  readonly options: RoundOptions;
  readonly facts: Facts;
  readonly kills: readonly Kill[];
  readonly broken: readonly Broken[];
  readonly durations: Durations;
}

/** Plays a round on the running platform and judges it. */
export async function playRound(options: RoundOptions): Promise<Round> {
  const { seed, buyers, units, mostEach, inFlight, services, killsEach, killEveryMs, sabotage } = options;
  const random = randomFrom(seed);
  const strikes = planStrikes(random, services, killsEach, buyers);
  const wanted = Array.from({ length: buyers }, () => wholeBetween(random, 1, mostEach + 1));

  const began = Date.now();
  const scene = await setScene(units, wanted);
  const ready = Date.now();
  const nemesis = unleash(strikes);
  if (killEveryMs !== undefined) nemesis.haunt(random, services, killEveryMs);
  const patience = { withinMs: ANSWER_WITHIN_MS, random, onCall: () => nemesis.onCall() };
  const histories = await mapInFlight(scene.buyers, inFlight, (buyer) => checkOut(buyer, patience));
  const kills = await nemesis.stop();
  const answered = Date.now();
  await sabotage?.(scene, histories);
  const facts = await settleAndRead(scene, histories, new Date(ready));
  return {
    options,
    facts,
    kills,
    broken: check(facts),
    durations: {
      setUp: ready - began,
      checkOuts: answered - ready,
      settling: Date.now() - answered,
    },
  };
}

/** How many buyers got each kind of answer. */
export function countAnswers({ facts }: Round): Readonly<Record<Answer['kind'], number>> {
  const counts = { ok: 0, refused: 0, unknown: 0 };
  for (const { answer } of facts.buyers) counts[answer.kind] += 1;
  return counts;
}
