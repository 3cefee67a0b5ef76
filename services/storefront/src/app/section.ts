/** A part of a page that may be missing. */
export type Section<T> =
  | { readonly state: 'ok'; readonly value: T }
  | { readonly state: 'unavailable'; readonly reason: string };

/** Says in a word, for operators, why something failed. */
export type ReasonOf = (error: unknown) => string;

/**
 * Loads a part of a page within its own time. What fails or is late becomes an unavailable section; the work is told to stop
 * by its signal. Never throws.
 */
export async function section<T>(
  withinMs: number,
  load: (signal: AbortSignal) => Promise<T>,
  reasonOf: ReasonOf,
): Promise<Section<T>> {
  try {
    return { state: 'ok', value: await inTime(withinMs, load) };
  } catch (error) {
    return { state: 'unavailable', reason: reasonOf(error) };
  }
}

/** The work did not end in its time. */
export class LateError extends Error {
  override readonly name = 'LateError';
}

/** Loads what a page cannot do without. @throws LateError when time is up, or what the work throws. */
export async function inTime<T>(withinMs: number, load: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new LateError(`no answer within ${withinMs} ms`));
      controller.abort();
    }, withinMs);
  });
  try {
    return await Promise.race([load(controller.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
