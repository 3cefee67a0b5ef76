import { describe, expect, it } from '@jest/globals';
import { createLifecycle } from './lifecycle.ts';
import { startWorker } from './worker.ts';

const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

describe('a service that stops', () => {
  it('ends intake before workers before connections, and everything even when a step fails', async () => {
    const order: string[] = [];
    const lifecycle = createLifecycle(silent);
    lifecycle.onStop('connections', async () => void order.push('pool'));
    lifecycle.onStop('workers', () => Promise.reject(new Error('stuck')));
    lifecycle.onStop('workers', async () => void order.push('relay'));
    lifecycle.onStop('intake', async () => void order.push('server'));
    await lifecycle.stop();
    expect(order).toEqual(['server', 'relay', 'pool']);
    await lifecycle.stop();
    expect(order).toHaveLength(3);
  });

  it('waits for its workers, which start again when they fail', async () => {
    let starts = 0;
    let ended = false;
    const second = Promise.withResolvers<undefined>();
    const stop = startWorker(silent, 'test', async (signal) => {
      starts += 1;
      if (starts === 1) throw new Error('first');
      second.resolve(undefined);
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      ended = true;
    });
    await second.promise;
    await stop();
    expect({ starts, ended }).toEqual({ starts: 2, ended: true });
  });
});
