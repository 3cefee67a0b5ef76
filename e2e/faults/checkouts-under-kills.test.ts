import { randomInt } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { reportOf } from './src/report.ts';
import { countAnswers, playRound } from './src/round.ts';

const LONGEST_MS = 300_000;

it(
  'sells 50 units to 200 buyers, each paid once, while order, payment and inventory are killed',
  async () => {
    const seed = Number(process.env['SOUK_FAULTS_SEED'] ?? randomInt(2 ** 31));
    const services = ['order', 'payment', 'inventory'];
    const round = await playRound({ seed, buyers: 200, units: 50, inFlight: 64, services, killsEach: 1 });
    process.stdout.write(`${reportOf(round)}\n`);
    expect(round.broken).toEqual([]);
    expect(countAnswers(round)).toEqual({ ok: 50, refused: 150, unknown: 0 });
    // A round in which nobody was killed shows nothing.
    expect(new Set(round.kills.map(({ service }) => service))).toEqual(new Set(services));
  },
  LONGEST_MS,
);
