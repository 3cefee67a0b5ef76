import { describe, expect, it } from '@jest/globals';
import { keepsSome } from './purchase.ts';

describe('keepsSome', () => {
  it('is true until every unit of every order is given back', () => {
    expect(keepsSome([])).toBe(false);
    expect(keepsSome([{ bought: 3, givenBack: { r1: 1, r2: 1 } }])).toBe(true);
    expect(keepsSome([{ bought: 3, givenBack: { r1: 1, r2: 2 } }])).toBe(false);
    expect(keepsSome([{ bought: 1, givenBack: { cancellation: 1 } }, { bought: 1 }])).toBe(true);
  });

  it('does not let one order make up for another', () => {
    expect(keepsSome([{ givenBack: { r1: 5 } }, { bought: 1 }])).toBe(true);
  });
});
