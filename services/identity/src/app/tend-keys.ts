import { type Clock, pause } from '@souk/kernel';
import type { KeyRing } from './ports.ts';

/** More often than a key waits for its time, so that every replica knows it before. */
const LOOK_EVERY_MS = 5_000;

/**
 * Keeps a replica's key ring up to date with what others made, and makes the next key when the newest has grown old.
 *
 * @param rotateAfterMs age of a key at which it is followed by another; 0 for never.
 */
export async function tendKeys(
  keys: KeyRing & { refresh(now: Date): Promise<void> },
  clock: Clock,
  rotateAfterMs: number,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const now = clock.now();
    await keys.refresh(now);
    if (rotateAfterMs > 0) {
      const [newest] = await keys.published(now);
      if (newest !== undefined && now.getTime() - newest.createTime.getTime() > rotateAfterMs)
        await keys.rotate(now, '');
    }
    await pause(LOOK_EVERY_MS, signal);
  }
}
