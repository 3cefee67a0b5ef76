import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { possibleSteps } from './payment-state.ts';

describe('the state machine', () => {
  it('is the same in the database', () => {
    const file = join(import.meta.dirname, '../storage/migrations/0004-tenders-and-states.ts');
    const steps = readFileSync(file, 'utf8').matchAll(/'([a-z_]+>[a-z_]+)'/g);
    expect([...steps].map(([, step]) => step).sort()).toEqual(possibleSteps());
  });
});
