import { describe, expect, it } from '@jest/globals';
import { unavailable } from '@souk/kernel';
import { UndecodableError } from './handler.ts';
import { type RetryPolicy, retryInPlace } from './retry.ts';

const policy = (delaysMs: readonly number[]): RetryPolicy => ({
  delaysMs,
  checkpoint: () => Promise.resolve(),
  onRetry: () => undefined,
  signal: new AbortController().signal,
});

const failing = (times: number, error: Error): ((attempt: number) => Promise<void>) => {
  return (attempt) => (attempt <= times ? Promise.reject(error) : Promise.resolve());
};

describe('retryInPlace', () => {
  it('gives up when the delays are used up', async () => {
    const error = new Error('no');
    expect(await retryInPlace(failing(9, error), policy([1, 1]))).toEqual({ error, attempts: 3 });
  });

  it('succeeds within the delays', async () => {
    expect(await retryInPlace(failing(2, new Error('no')), policy([1, 1]))).toBeUndefined();
  });

  it('waits out an outage without using the delays up', async () => {
    expect(await retryInPlace(failing(3, unavailable('DOWN', 'down')), policy([]))).toBeUndefined();
  });

  it('does not repeat what cannot be decoded', async () => {
    const error = new UndecodableError('garbage');
    expect(await retryInPlace(failing(9, error), policy([1, 1]))).toEqual({ error, attempts: 1 });
  });

  it('stops when the partition is lost', async () => {
    const lost = { ...policy([1]), checkpoint: () => Promise.reject(new Error('lost')) };
    await expect(retryInPlace(failing(9, new Error('no')), lost)).rejects.toThrow('lost');
  });
});
