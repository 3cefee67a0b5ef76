import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until a check holds, looking again every 50 ms.
 *
 * @param isGone - Stops the wait at once when what is waited for has ended.
 * @throws Error when the time has passed or it is gone.
 */
export async function waitUntil(
  what: string,
  check: () => Promise<boolean>,
  options: { timeoutMs: number; isGone?: () => string | undefined },
): Promise<void> {
  const end = Date.now() + options.timeoutMs;
  while (Date.now() < end) {
    if (await check()) return;
    const gone = options.isGone?.();
    if (gone !== undefined) throw new Error(`${what} ended while starting: ${gone}`);
    await sleep(50);
  }
  throw new Error(`${what} is not ready after ${String(options.timeoutMs / 1000)} s`);
}

/** True when something accepts connections there. */
export async function acceptsTcp(port: number, host = '127.0.0.1', timeoutMs = 2000): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = net.connect({ port, host, timeout: timeoutMs });
  const end = (result: boolean) => () => {
    socket.destroy();
    resolve(result);
  };
  socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false));
  return promise;
}

/** True when a GET answers 2xx within 2 s. */
export async function answersHttp(url: string, headers: Record<string, string> = {}): Promise<boolean> {
  try {
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(2000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
