import { describe, expect, it } from '@jest/globals';
import { invalid, unavailable } from '@souk/kernel';
import { describeError, isTransient } from './failure.ts';

const withCode = (code: string): Error => Object.assign(new Error('x'), { code });

describe('isTransient', () => {
  it.each([
    ['a refused connection', withCode('ECONNREFUSED')],
    ['a serialisation failure', withCode('40001')],
    ['an unavailable dependency', unavailable('DOWN', 'down')],
    ['a wrapped network fault', new Error('outer', { cause: withCode('ECONNRESET') })],
  ])('%s is', (_name, error) => {
    expect(isTransient(error)).toBe(true);
  });

  it.each([
    ['a bug', new TypeError('undefined is not a function')],
    ['a violated constraint', withCode('23505')],
    ['bad input, whatever caused it', invalid('BAD', 'bad', { cause: withCode('ECONNRESET') })],
    ['something that is no error', 'text'],
  ])('%s is not', (_name, error) => {
    expect(isTransient(error)).toBe(false);
  });
});

describe('describeError', () => {
  it('is one bounded line', () => {
    expect(describeError(new Error(`a\nb${'x'.repeat(1_000)}`))).toMatch(/^Error: a b.{1,500}$/);
  });
});
