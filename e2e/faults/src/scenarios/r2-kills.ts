import { DATABASE } from '../nemesis.ts';
import { outcomeOf } from '../report.ts';
import { playRound } from '../round.ts';
import type { Scenario } from '../scenario.ts';

const TARGETS = ['order', 'inventory', 'payment', 'cart', DATABASE];

/** R2: R1 while services and connections to their database are killed. */
export const kills: Scenario = {
  id: 'R2',
  promise: 'whatever is killed, every order ends, is paid once or not at all, and nothing stays reserved',
  async play({ seed, size }) {
    const [buyers, units] = size === 'full' ? [500, 100] : [100, 40];
    const round = await playRound({
      seed,
      buyers,
      units,
      mostEach: 3,
      inFlight: 32,
      services: TARGETS,
      killsEach: 1,
      killEveryMs: size === 'full' ? 2_000 : undefined,
    });
    const outcome = outcomeOf(round);
    const hit = new Set(round.kills.map(({ service }) => service));
    const missed = TARGETS.filter((target) => !hit.has(target)).map((target) => ({
      // A round in which something was not killed shows nothing about it.
      rule: 'every target is hit',
      subject: target,
      detail: 'was never killed',
    }));
    return { ...outcome, broken: [...outcome.broken, ...missed] };
  },
};
