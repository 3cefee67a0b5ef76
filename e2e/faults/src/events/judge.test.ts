import { describe, expect, it } from '@jest/globals';
import { type EventBooks, judgeEvents } from './judge.ts';

const EVENTS = [1, 2, 3].map((number) => ({ aggregate: 'a', number }));
const GOOD: EventBooks = { due: new Map([['a', 3]]), produced: EVENTS, consumed: EVENTS, unpublished: 0 };

const CASES: readonly (readonly [what: string, change: Partial<EventBooks>, rule: string])[] = [
  ['an event that was never made', { due: new Map([['a', 4]]) }, 'all are made'],
  ['a lost event', { consumed: EVENTS.slice(1) }, 'none is lost'],
  ['an event with two effects', { consumed: EVENTS.flatMap((each) => [each, each]) }, 'each has one effect'],
  [
    'an event of a transaction that was undone',
    { consumed: [...EVENTS, { aggregate: 'a', number: 4 }] },
    'none is told before it is committed',
  ],
  ['events out of order', { consumed: EVENTS.toReversed() }, 'order is kept'],
  ['an event that waits', { unpublished: 1 }, 'none waits for ever'],
];

describe('judgeEvents', () => {
  it('finds nothing where all is well', () => {
    expect(judgeEvents(GOOD).broken).toEqual([]);
  });

  it.each(CASES)('finds %s', (_, change, rule) => {
    const found = judgeEvents({ ...GOOD, ...change }).broken.map((each) => each.rule);
    expect([...new Set(found)]).toEqual([rule]);
  });
});
