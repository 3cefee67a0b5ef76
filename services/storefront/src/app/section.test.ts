import { describe, expect, it } from '@jest/globals';
import { section } from './section.ts';

const reasonOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown');

describe('section', () => {
  it('gives what was loaded in time', async () => {
    expect(await section(1_000, () => Promise.resolve(1), reasonOf)).toEqual({ state: 'ok', value: 1 });
  });

  it('is unavailable when the work fails, also at once', async () => {
    const fails = () => {
      throw new TypeError('no');
    };
    expect(await section(1_000, fails, reasonOf)).toEqual({ state: 'unavailable', reason: 'TypeError' });
  });

  it('is unavailable when the work is late, and tells the work to stop', async () => {
    let told = false;
    const never = (signal: AbortSignal): Promise<never> =>
      new Promise(() => {
        signal.addEventListener('abort', () => {
          told = true;
        });
      });
    expect(await section(5, never, reasonOf)).toEqual({ state: 'unavailable', reason: 'LateError' });
    expect(told).toBe(true);
  });
});
