import { describe, expect, it } from '@jest/globals';
import { keepsSome } from './purchase.ts';

describe('keepsSome', () => {
  it('is true until every unit of every order is given back', () => {
    expect(keepsSome([])).toBe(false);
    expect(keepsSome([{ bought: 3, givenBack: { r1: 1, r2: 1 } }])).toBe(true);
    expect(keepsSome([{ bought: 3, givenBack: { r1: 1, r2: 2 } }])).toBe(false);
    expect(keepsSome([{ bought: 1, givenBack: { cancellation: 1 } }, { bought: 1 }])).toBe(true);
  });

  it('counts what edits of an order added and took out', () => {
    expect(keepsSome([{ bought: 1, boughtLater: { e2: 1 }, givenBack: { e1: 1 } }])).toBe(true);
    expect(keepsSome([{ boughtLater: { e1: 2 }, givenBack: { e2: 2 } }])).toBe(false);
  });

  it('does not let one order make up for another', () => {
    expect(keepsSome([{ givenBack: { r1: 5 } }, { bought: 1 }])).toBe(true);
  });
});
