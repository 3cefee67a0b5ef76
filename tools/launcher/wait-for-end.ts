/** Settles when the signal is aborted; keeps the process alive until then. */
export async function waitForEnd(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const keepAlive = setInterval(() => undefined, 60_000);
  signal.addEventListener('abort', () => {
    clearInterval(keepAlive);
    resolve(undefined);
  });
  await promise;
}

/** Runs work unless the signal is aborted first; the work itself is not stopped. @throws Error on abort. */
export async function orEnd<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const ended = waitForEnd(signal).then(() => {
    throw new EndedError();
  });
  ended.catch(() => undefined);
  return Promise.race([work, ended]);
}

/** The run was asked to end. */
export class EndedError extends Error {
  override name = 'EndedError';
  constructor() {
    super('ended');
  }
}
